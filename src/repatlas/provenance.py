"""Where a result comes from: command, resolved config, versions and commit."""

import functools
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

PACKAGES = ("repatlas", "numpy", "scipy", "h5py", "torch", "torchvision")
STUDY_CONFIG_VARIABLE = "REPATLAS_STUDY_CONFIG"
"""Environment variable by which the workflow tells its jobs the frozen config of the study."""


def provenance() -> dict[str, str]:
    """Facts that trace a file to what made it, as strings fit for attributes and headers.

    No time of day and no process number is among them: the same run gives the same bytes.
    """
    return {
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "study_config": Path(os.environ.get(STUDY_CONFIG_VARIABLE, "")).stem,
        "commit": commit(),
        "python": platform.python_version(),
        "versions": ", ".join(f"{name} {version}" for name, version in versions().items()),
    }


def versions(names: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Installed versions of the packages that decide a result; absent ones are left out."""
    found = {name: _version(name) for name in names}
    return {name: version for name, version in found.items() if version is not None}


@functools.cache
def _version(name: str) -> str | None:
    # Every file that is written asks, and each answer takes a file to be parsed.
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


@functools.cache
def commit() -> str:
    """Commit of the checkout that holds this package, with ``+`` if files differ from it."""
    here = Path(__file__).parent
    try:
        head = _git(here, "rev-parse", "--short=12", "HEAD")
        dirty = _git(here, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + "+" * bool(dirty)


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
