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


def clone(folder):
    """A checkout whose files are younger than all results, as those of a clone are."""
    made = make_checkout(folder)
    for path in made.folder.rglob("*"):
        os.utime(path)
    return made


def test_results_in_a_store_equal_local_ones_and_need_no_second_run(
    bucket, checkout, finished, tmp_path
):
    targets = ("claims", "fig2b_seeds", "noise2_snr")
    done = checkout.snakemake(*targets, *IN_STORE)
    assert done.returncode == 0, done.stdout
    here, there = finished.files(), stored(bucket)
    assert len(compared(there)) > 30
    assert compared(there) < compared(here)
    assert {"claims.html", "figures/block_structure/fig2b_seeds.png"} <= compared(there)
    unlike = [
        name
        for name in sorted(compared(there))
        if contents(name, there[name]) != contents(name, here[name])
    ]
    assert unlike == []
    assert "logs/data/photos.log" in there
    left = [name for name in checkout.files() if not name.startswith("config/")]
    assert left == [], "results lie beside the workflow"

    again = clone(tmp_path / "clone").snakemake(*targets, *IN_STORE)
    assert again.returncode == 0, again.stdout
    assert "Nothing to be done" in again.stdout


def test_the_report_is_made_of_results_that_were_copied_into_the_store(bucket, finished, tmp_path):
    results = finished.folder / "results/tiny"
    bucket.create()
    # A store notes when it was given a file: those that came first are given first.
    for path in sorted(results.rglob("*"), key=lambda path: path.stat().st_mtime_ns):
        if path.is_file() and path.name != "report.html":
            bucket.upload_file(path, f"atlas/results/tiny/{path.relative_to(results)}")
    fresh = clone(tmp_path / "clone")
    done = fresh.snakemake("report", *IN_STORE)
    assert done.returncode == 0, done.stdout
    assert "1 of 1 steps (100%) done" in done.stdout
    report = stored(bucket)["report.html"]
    for name in (b"fig1a_emergence.png", b"noise5_networks.png", b"claims.html", b"versions.txt"):
        assert name in report
