"""What a reader of the report must know of the study: config, versions, networks."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from repatlas.files import atomic_file
from repatlas.provenance import provenance, versions
from repatlas.runs import COLUMNS

REPORTED = ("repatlas", "snakemake", "torch", "torchvision", "numpy", "scipy", "h5py", "seaborn")


def describe_study(
    study: str, records: Sequence[Path], config: Path, versions: Path, networks: Path
) -> None:
    """Write the resolved config (YAML), the versions (text) and the networks (CSV).

    Parameters
    ----------
    study
        The resolved study as JSON.
    records
        What each training run noted of itself (``run.json``).
    config, versions, networks
        Files to write.
    """
    _write(config, yaml.safe_dump(json.loads(study), sort_keys=False, allow_unicode=True))
    _write(versions, _versions_text())
    rows = [_network_row(json.loads(path.read_text(encoding="utf-8"))) for path in records]
    _write(networks, pd.DataFrame(rows).to_csv(index=False))


def _versions_text() -> str:
    facts = provenance()
    lines = [f"commit   {facts['commit']}", f"python   {facts['python']}"]
    lines += [f"{name:<12} {version}" for name, version in versions(REPORTED).items()]
    return "\n".join(lines) + "\n"


def _network_row(record: dict[str, Any]) -> dict[str, Any]:
    run = {column: record["run"][column] for column in COLUMNS}
    return run | {
        "train_accuracy": record["train"]["accuracy"],
        "test_accuracy": record["test"]["accuracy"],
        "precision": record["precision"]["arithmetic"],
        "device": record["device"],
    }


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as sibling:
        sibling.write_text(text, encoding="utf-8")
