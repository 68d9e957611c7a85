"""Rules in environments of their own, made from the conda files."""

import os

import stand_in_conda

RESULTS = {
    "networks": ("results/tiny/data/photos.h5", "scripts/prepare_data.py"),
    "analysis": ("results/tiny/simulation/alignment.h5", "scripts/simulate_alignment.py"),
}


def test_rules_run_in_the_environments_of_their_conda_files(checkout, tmp_path, monkeypatch):
    stand_in_conda.install(tmp_path / "conda")
    path = os.pathsep.join([str(tmp_path / "conda/bin"), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    targets = [target for target, _ in RESULTS.values()]
    done = checkout.snakemake(*targets, "--software-deployment-method", "conda")
    assert done.returncode == 0, done.stdout
    # Beside each environment lies the copy of the file from which it was made.
    called = {
        log.parent.with_name(f"{log.parent.name}.yaml").read_text(): log.read_text().split()
        for log in (checkout.folder / ".snakemake/conda").glob("*/called")
    }
    assert called == {
        (checkout.folder / f"envs/{name}.yaml").read_text(): [script]
        for name, (_, script) in RESULTS.items()
    }
