"""Jobs as pods, with results in an object store, on a stand-in for a cluster."""

import subprocess

import pytest

pytest.importorskip("moto", reason="no S3 server: install envs/test.lock")
pytest.importorskip("snakemake_storage_plugin_s3", reason="no S3 plugin: install envs/s3.lock")
pytest.importorskip(
    "snakemake_executor_plugin_kubernetes", reason="no plugin: install envs/kubernetes.lock"
)

from object_store import object_store
from pods import cluster

DATA = "results/tiny/data/photos.h5"


def test_a_pod_makes_its_result_from_sources_and_store_alone(checkout, tmp_path, monkeypatch):
    # Snakemake sends a pod the files under version control and the study file.
    for arguments in (["init", "--quiet"], ["add", "--all", "--", ":!tiny.yaml"]):
        subprocess.run(["git", *arguments], cwd=checkout.folder, check=True)
    folder = tmp_path / "pods"
    folder.mkdir()
    monkeypatch.setenv("KUBECONFIG", str(folder / "kubeconfig"))
    options = [
        "--profile",
        "workflow/profiles/kubernetes",
        "--container-image",
        "repatlas",
        "--default-storage-prefix",
        "s3://bucket/atlas",
        "--set-resources",
        "prepare_data:gpu=1",
        "prepare_data:gpu_manufacturer=nvidia",
        "prepare_data:scale=0",
        "--seconds-between-status-checks",
        "1",
    ]
    with object_store() as environment, cluster(folder) as pods:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        done = checkout.snakemake(DATA, *options)
        told = "\n".join(path.read_text() for path in folder.glob("*.log"))
        assert done.returncode == 0, done.stdout + told
        again = checkout.snakemake(DATA, *options)
    assert "Nothing to be done" in again.stdout
    (job,) = pods.jobs.values()
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "repatlas"
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert not (checkout.folder / DATA).exists()
    (pod,) = (path for path in folder.iterdir() if (path / "Snakefile").exists())
    assert (pod / "tiny.yaml").exists()
    assert not (pod / "results").exists()
