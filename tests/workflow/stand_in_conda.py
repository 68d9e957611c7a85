"""A stand-in for conda, as far as Snakemake asks: environments of the packages that are here.

It reads an environment file as conda does: pip is given the file's pip section from the folder in
which the file lies, and must find every pin installed. The environment's Python is the running one
and notes what it is called with.
"""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import yaml

INFO = {"conda_prefix": str(Path(__file__).resolve().parents[1]), "platform": "linux-64"}

ACTIVATE = 'export PATH="$1/bin:$PATH" CONDA_PREFIX="$1"\n'

PYTHON = """#!/bin/sh
echo "$1" >> "{prefix}/called"
exec "{python}" "$@"
"""


def install(base: Path) -> None:
    """Put `conda` and `activate` into ``base/bin``."""
    folder = base / "bin"
    folder.mkdir(parents=True)
    (folder / "activate").write_text(ACTIVATE)
    conda = folder / "conda"
    conda.write_text(f"#!{sys.executable}\n{Path(__file__).read_text()}")
    conda.chmod(0o755)


def create(file: Path, prefix: Path) -> None:
    """Make an environment from a file."""
    needs = yaml.safe_load(file.read_text())["dependencies"]
    (from_pip,) = (need["pip"] for need in needs if isinstance(need, dict))
    requirements = file.with_suffix(".requirements.txt")
    requirements.write_text("\n".join(from_pip))
    options = ["--dry-run", "--no-index", "--no-deps", "--requirement", requirements.name]
    pip = [sys.executable, "-m", "pip", "install", *options]
    done = subprocess.run(pip, cwd=file.parent, stdout=subprocess.PIPE, text=True)
    if done.returncode or "Would install" in done.stdout:
        sys.exit(f"pip: {done.stdout}")
    python = prefix / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON.format(prefix=prefix, python=sys.executable))
    python.chmod(0o755)


def main(arguments: list[str]) -> None:
    """Answer one call."""
    match arguments:
        case ["--version"]:
            print("conda 25.1.0")
        case ["info", "--json"]:
            print(json.dumps(INFO))
        case ["config", *_]:
            print(json.dumps({"get": {"channel_priority": "strict"}}))
        case ["clean", *_]:
            pass
        case ["env", "create", *options]:
            given = dict(pairwise(options))
            create(Path(given["--file"]), Path(given["--prefix"]))
        case _:
            sys.exit(f"the stand-in knows no conda {' '.join(arguments)}")


if __name__ == "__main__":
    main(sys.argv[1:])
