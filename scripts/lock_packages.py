"""Pin every package of the environments, by asking pip what it would install today.

A package has the same version in every lock file: all needs are resolved together first, and what
comes out holds for each environment alone. The conda files of the rules repeat the pins of their
lock files, because Snakemake hands conda a copy of the one file, away from all others. What the
pins are on each platform, to the very file, stands in `envs/pins`.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from repatlas.files import atomic_file

ENVS = Path(__file__).parents[1] / "envs"

PINNED = {"torch": "torch==2.13.0", "torchvision": "torchvision==0.28.0"}
"""Moved by hand: the two belong together, and other builds weigh gigabytes more."""

PYTHON = "3.11"
"""Of the conda files, of the containers and of the platforms' pins."""

LOCKS = {
    "run": "The exact packages that run the workflow",
    "analysis": "The exact packages of the analysis side: without torch, with results on S3",
    "s3": "As run.lock, with results on S3",
    "kubernetes": "As s3.lock, with jobs on Kubernetes",
    "test": "As kubernetes.lock, with what tests, linters and type checks need",
}

CONDA_FILES = {
    "networks": ("run", "Training and extraction: torch beside the analysis packages"),
    "analysis": ("analysis", "Similarity, claims, figures and the report, without torch"),
}
"""Lock file and purpose of the conda files of the rules."""

GLIBC = ("2_28", "2_27", "2_24", "2_17")

PLATFORMS = {
    "linux-64": [f"manylinux_{version}_x86_64" for version in GLIBC],
    "linux-aarch64": [f"manylinux_{version}_aarch64" for version in GLIBC],
    "osx-arm64": ["macosx_14_0_arm64"],
}
"""Tags of the wheels that a platform takes, by conda's name of it."""


class Package(NamedTuple):
    """A package as pip would install it."""

    name: str
    version: str
    file: str

    @property
    def pin(self) -> str:
        """As a line of a lock file."""
        return f"{self.name}=={self.version}"


def main() -> None:
    """Write `envs/*.lock`, the conda files and `envs/pins`."""
    sets = needs_by_lock()
    everything = list(dict.fromkeys(need for needs in sets.values() for need in needs))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write("\n".join(package.pin for package in ask_pip(everything)))
        constraints.flush()
        locked = {
            name: ask_pip([*needs, "--constraint", constraints.name])
            for name, needs in sets.items()
        }
    for name, packages in locked.items():
        title = f"# {LOCKS[name]}; written by `make lock`."
        write(ENVS / f"{name}.lock", [title, *(package.pin for package in packages)])
    for name, (lock, purpose) in CONDA_FILES.items():
        write(ENVS / f"{name}.yaml", conda_file(f"{purpose}, as in {lock}.lock", locked[lock]))
    for platform in PLATFORMS:
        title = f"# Files of run.lock on {platform}, Python {PYTHON}; written by `make lock`."
        files = on_platform(locked["run"], platform)
        write(ENVS / "pins" / f"{platform}.txt", [title, *(f"{p.pin}  # {p.file}" for p in files)])


def needs_by_lock() -> dict[str, list[str]]:
    """Direct needs of each environment, by the name of its lock file."""
    project = tomllib.loads((ENVS.parent / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    run = [PINNED.get(need.split(">=")[0], need) for need in project["dependencies"]]
    lines = (ENVS / "test.in").read_text().splitlines()
    tests = [line for line in lines if line and not line.startswith("#")]
    return {
        "run": run,
        "analysis": [need for need in run if need not in PINNED.values()] + extras["s3"],
        "s3": run + extras["s3"],
        "kubernetes": run + extras["s3"] + extras["kubernetes"],
        "test": run + extras["s3"] + extras["kubernetes"] + tests,
    }


def ask_pip(arguments: Sequence[str]) -> list[Package]:
    """What pip would install into an empty environment, by name."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        options = ["--dry-run", "--ignore-installed", "--quiet", "--report", file.name]
        subprocess.run([sys.executable, "-m", "pip", "install", *options, *arguments], check=True)
        report = json.load(file)
    return sorted(map(_package, report["install"]))


def _package(item: dict) -> Package:
    name = item["metadata"]["name"].lower().replace("_", "-")
    version = item["metadata"]["version"]
    file = unquote(item["download_info"]["url"].rsplit("/", 1)[-1])
    # A local part such as +cpu names one machine's build, not a version.
    public = version.split("+")[0]
    return Package(name, public, file.replace(version, public))


def on_platform(packages: Sequence[Package], platform: str) -> list[Package]:
    """The same packages with the files that pip takes on a platform; sources fit every one.

    Raises
    ------
    subprocess.CalledProcessError
        A package has no file for the platform; pip has said which.
    """
    built = [package for package in packages if package.file.endswith(".whl")]
    tags = [f"--platform={tag}" for tag in PLATFORMS[platform]]
    options = ["--no-deps", "--only-binary=:all:", f"--python-version={PYTHON}", *tags]
    with tempfile.TemporaryDirectory() as target:
        found = ask_pip([*options, "--target", target, *(package.pin for package in built)])
    return sorted([*found, *(package for package in packages if package not in built)])


def conda_file(title: str, packages: Sequence[Package]) -> list[str]:
    """The lines of a conda file with Python from conda and all else from pip."""
    return [
        f"# {title}; written by `make lock`.",
        "# For `--software-deployment-method conda`.",
        "channels:",
        "  - conda-forge",
        "  - nodefaults",
        "dependencies:",
        f"  - python ={PYTHON}",
        "  - pip",
        "  - pip:",
        *(f"      - {package.pin}" for package in packages),
    ]


def write(path: Path, lines: Sequence[str]) -> None:
    """Write lines to a file."""
    with atomic_file(path) as sibling:
        sibling.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
