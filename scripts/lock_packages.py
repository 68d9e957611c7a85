"""Pin every package of the three environments, by asking pip what it would install today."""

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
    "test": "As run.lock, with what tests, linters and type checks need",
}


def main() -> None:
    """Write `envs/run.lock`, `envs/analysis.lock` and `envs/test.lock`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run = [PINNED.get(need.split(">=")[0], need) for need in project["dependencies"]]
    tests = [line for line in _lines(ROOT / "envs" / "test.in") if not line.startswith("#")]
    sets = {
        "run": run,
        "analysis": [need for need in run if need not in PINNED.values()],
        "test": run + tests,
    }
    for name, needs in sets.items():
        header = f"# {HEADERS[name]}; written by `make lock`."
        with atomic_file(ROOT / "envs" / f"{name}.lock") as sibling:
            sibling.write_text("\n".join([header, *resolve(needs)]) + "\n")


def resolve(needs: list[str]) -> list[str]:
    """What pip would install into an empty environment, as ``name==version`` lines."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        options = ["--dry-run", "--ignore-installed", "--quiet", "--report", file.name]
        subprocess.run([sys.executable, "-m", "pip", "install", *options, *needs], check=True)
        report = json.load(file)
    packages = [item["metadata"] for item in report["install"]]
    # A local part such as +cpu names one machine's build, not a version.
    return sorted(
        f"{item['name'].lower().replace('_', '-')}=={item['version'].split('+')[0]}"
        for item in packages
    )


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip()]


if __name__ == "__main__":
    main()
