"""The tiny study with its results in an object store."""

import io
import os

import h5py
import numpy as np
import pytest
from conftest import make_checkout

pytest.importorskip("moto", reason="no S3 server: install envs/test.lock")
pytest.importorskip("snakemake_storage_plugin_s3", reason="no S3 plugin: install envs/s3.lock")

import boto3
from object_store import object_store

IN_STORE = (
    "--profile",
    "workflow/profiles/s3",
    "--default-storage-prefix",
    "s3://bucket/atlas",
)

OWN_TO_A_RUN = ("logs/", "benchmarks/", "config/", "report.html")
"""Times, and the frozen config that stays beside the workflow."""


@pytest.fixture
def bucket(monkeypatch):
    """The bucket, which does not exist yet, of a server of its own."""
    with object_store() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield boto3.resource(
            "s3",
            endpoint_url=os.environ["SNAKEMAKE_STORAGE_S3_ENDPOINT_URL"],
            aws_access_key_id=os.environ["SNAKEMAKE_STORAGE_S3_ACCESS_KEY"],
            aws_secret_access_key=os.environ["SNAKEMAKE_STORAGE_S3_SECRET_KEY"],
            region_name="us-east-1",
        ).Bucket("bucket")


def stored(bucket) -> dict[str, bytes]:
    """Every object of the study's results with its bytes."""
    prefix = "atlas/results/tiny/"
    return {
        found.key.removeprefix(prefix): found.get()["Body"].read()
        for found in bucket.objects.filter(Prefix=prefix)
    }


def compared(files: dict[str, bytes]) -> set[str]:
    """Names of files in which two runs are to agree, apart from the paths that they were told."""
    ends = ("run.json", "history.csv", ".snakemake_timestamp")
    return {name for name in files if not name.startswith(OWN_TO_A_RUN) and not name.endswith(ends)}


def contents(name: str, data: bytes) -> object:
    """What a file says: its bytes, or all of an HDF5 file but the command that wrote it."""
    if not name.endswith(".h5"):
        return data
    found = {}
    with h5py.File(io.BytesIO(data)) as file:

        def note(place, item):
            values = np.asarray(item[()]).tobytes() if isinstance(item, h5py.Dataset) else b""
            marks = {key: repr(value) for key, value in item.attrs.items()}
            marks.pop("provenance_command", None)
            found[place] = values, marks

        note("", file)
        file.visititems(note)
    return found


def test_a_study_in_a_store_equals_a_local_one_and_needs_no_second_run(
    bucket, checkout, finished, tmp_path
):
    done = checkout.snakemake(*IN_STORE, "report")
    assert done.returncode == 0, done.stdout
    here, there = finished.files(), stored(bucket)
    assert len(compared(there)) > 40
    assert compared(there) == compared(here)
    unlike = [
        name
        for name in sorted(compared(there))
        if contents(name, there[name]) != contents(name, here[name])
    ]
    assert unlike == []
    assert b"fig1a_emergence.png" in there["report.html"]
    assert "logs/data/photos.log" in there
    left = [name for name in checkout.files() if not name.startswith("config/")]
    assert left == [], "results lie beside the workflow"

    elsewhere = make_checkout(tmp_path / "elsewhere")
    again = elsewhere.snakemake(*IN_STORE, "report")
    assert again.returncode == 0, again.stdout
    assert "Nothing to be done" in again.stdout
