"""The study under attack, the command that runs it, and what its results are compared by."""

import copy
import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

from tiny_study import REPRODUCE, TINY, Checkout, make_checkout

UNCOMPARED = ("logs/", "benchmarks/", "report.html", "ro-crate.zip")
"""Logs, times of jobs, and the page and the crate that hold times: whether they are there is
compared."""


def small_study(epochs: int) -> dict[str, Any]:
    """One network and its claims: trainings and stores are to be hit, not many figures."""
    study = copy.deepcopy(TINY)
    del study["alignment_snr"]
    study["grids"]["depth"] |= {"depths": [8], "seeds": [0]}
    del study["block_structure"]["large"], study["block_structure"]["small"]
    study["training"]["standard"]["epochs"] = epochs
    return study


def fresh(folder: Path, study: dict[str, Any]) -> Checkout:
    """Make a copy of the checkout with a study and no results."""
    checkout = make_checkout(folder)
    checkout.write_study(study)
    return checkout


def clone(checkout: Checkout, folder: Path) -> Checkout:
    """Copy a checkout with all that it holds; an older copy in its place is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(checkout.folder, folder, symlinks=True)
    return Checkout(folder)


def without_analyses(checkout: Checkout) -> Checkout:
    """Remove comparisons, claims, report and one figure: a few seconds of work are left."""
    place = checkout.folder / "results/tiny"
    shutil.rmtree(place / "similarity", ignore_errors=True)
    for name in ("claims.json", "claims.html", "report.html", "figures/**/fig1a_emergence.*"):
        for path in place.glob(name):
            path.unlink()
    return checkout


def start(checkout: Checkout, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the study in a session of its own."""
    return subprocess.Popen(
        REPRODUCE,
        cwd=checkout.folder,
        env=checkout.environment(),
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def results(checkout: Checkout) -> dict[str, bytes]:
    """Files of results by name, without what differs between any two runs."""
    return {name: _timeless(name, content) for name, content in checkout.files().items()}


def differences(reference: dict[str, bytes], checkout: Checkout) -> list[str]:
    """Names of files that are missing, too many (temporary ones also), or other than expected."""
    found = results(checkout)
    names = sorted(reference.keys() | found.keys())
    compared = [name for name in names if not name.startswith(("logs/", "benchmarks/"))]
    return [name for name in compared if reference.get(name) != found.get(name)]


def error_lines(output: str) -> list[str]:
    """Lines of an output that tell of an error; a traceback counts as well."""
    return [
        line
        for line in output.splitlines()
        if re.match(r"error: |failed: |Traceback|\w*(Error|Exception)\b", line)
    ]


def one_line(output: str) -> bool:
    """Whether a command said one thing only and that as an error."""
    lines = [line for line in output.splitlines() if line and "workflow specific" not in line]
    return len(lines) == 1 and lines[0].startswith("error: ")


def _timeless(name: str, content: bytes) -> bytes:
    if name.startswith(UNCOMPARED):
        return b""
    if name.endswith("run.json"):
        record = json.loads(content)
        del record["seconds"]
        return json.dumps(record).encode()
    if name.endswith("history.csv"):
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        return json.dumps([row | {"seconds": ""} for row in rows]).encode()
    return content
