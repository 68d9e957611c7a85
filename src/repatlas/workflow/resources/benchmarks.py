"""Snakemake's records of what finished jobs took: the files of the `benchmark:` directives."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from repatlas.errors import InputError

LEAST_SECONDS = 2.5
"""Snakemake looks at a job's memory every half second, and first when it has hardly begun: of a
shorter job it may have seen little more than the start."""

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Line(BaseModel):
    """The part of a record that is looked at; rule and wildcards are there if it is extended."""

    s: Amount
    max_rss: Amount | Literal["NA"]
    rule_name: str | None = None
    wildcards: dict[str, str] = {}


@dataclass(frozen=True)
class BenchmarkRecord:
    """What a job took.

    Attributes
    ----------
    rule
        Name of its rule; None in a record that is not extended.
    wildcards
        Its wildcards, as attributes.
    seconds
        How long it ran.
    megabytes
        The most memory that was seen of it and its children; None if it was too short for that.
    """

    rule: str | None
    wildcards: Any
    seconds: float
    megabytes: float | None


def read_benchmarks(folder: Path) -> list[BenchmarkRecord]:
    """Read all records below a folder, in the order of their paths.

    Raises
    ------
    InputError
        No such folder, no record in it, or a file that is no record.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; run the study first")
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise InputError(f"{folder}: holds no record of any job (*.jsonl); run the study first")
    return [record for path in paths for record in _records(path)]


def _records(path: Path) -> Iterator[BenchmarkRecord]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in lines:
            found = _Line.model_validate(json.loads(line))
            yield BenchmarkRecord(
                rule=found.rule_name,
                wildcards=SimpleNamespace(**found.wildcards),
                seconds=found.s,
                megabytes=_megabytes(found),
            )
    except (ValidationError, ValueError):
        # A ValueError is text that is no UTF-8 or no JSON.
        raise InputError(
            f"{path}: no benchmark record of Snakemake: delete it, or run its job again"
        ) from None


def _megabytes(line: _Line) -> float | None:
    seen = line.max_rss
    return None if seen == "NA" or not seen or line.s < LEAST_SECONDS else seen
