"""Pin every package of the environments, by asking pip what it would install today.

A package has the same version in every lock file: all needs are resolved together first, and what
comes out holds for each environment alone.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from repatlas.files import atomic_file

ROOT = Path(__file__).parents[1]

PINNED = {"torch": "torch==2.13.0", "torchvision": "torchvision==0.28.0"}
"""Moved by hand: the two belong together, and other builds weigh gigabytes more."""

HEADERS = {
    "run": "The exact packages that run the workflow",
    "analysis": "The exact packages of the analysis side, without torch",
    "s3": "As run.lock, with results on S3",
    "kubernetes": "As s3.lock, with jobs on Kubernetes",
    "test": "As s3.lock, with what tests, linters and type checks need",
}


def main() -> None:
    """Write `envs/*.lock`."""
    sets = needs_by_lock()
    everything = list(dict.fromkeys(need for needs in sets.values() for need in needs))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write("\n".join(resolve(everything)))
        constraints.flush()
        for name, needs in sets.items():
            lines = [f"# {HEADERS[name]}; written by `make lock`."]
            lines += resolve([*needs, "--constraint", constraints.name])
            with atomic_file(ROOT / "envs" / f"{name}.lock") as sibling:
                sibling.write_text("\n".join(lines) + "\n")


def needs_by_lock() -> dict[str, list[str]]:
    """Direct needs of each environment, by the name of its lock file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    run = [PINNED.get(need.split(">=")[0], need) for need in project["dependencies"]]
    tests = [line for line in _lines(ROOT / "envs" / "test.in") if not line.startswith("#")]
    return {
        "run": run,
        "analysis": [need for need in run if need not in PINNED.values()],
        "s3": run + extras["s3"],
        "kubernetes": run + extras["s3"] + extras["kubernetes"],
        "test": run + extras["s3"] + tests,
    }


def resolve(needs: list[str]) -> list[str]:
    """What pip would install into an empty environment, as ``name==version`` lines."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        options = ["--dry-run", "--ignore-installed", "--quiet", "--report", file.name]
        subprocess.run([sys.executable, "-m", "pip", "install", *options, *needs], check=True)
        report = json.load(file)
    packages = [item["metadata"] for item in report["install"]]
    # A local part such as +cpu names one machine's build, not a version.
    versions = {
        item["name"].lower().replace("_", "-"): item["version"].split("+")[0] for item in packages
    }
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip()]


if __name__ == "__main__":
    main()
