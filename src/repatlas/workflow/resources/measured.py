"""Finished jobs of a study: what they took, beside how large they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from repatlas.config.load import parse_study, read_yaml
from repatlas.errors import InputError
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.resources.benchmarks import BenchmarkRecord, read_benchmarks
from repatlas.workflow.resources.requests import Sizes

FIGURE = "figure"
"""Every figure has a rule of its own; all of them have the coefficients of this one."""


@dataclass(frozen=True)
class Measurement:
    """What a job took of memory or time, and its size there; both in MB or in minutes."""

    size: float
    used: float


@dataclass(frozen=True)
class MeasuredJob:
    """A finished job; without memory if it was too short for it to be seen."""

    rule: str
    memory: Measurement | None
    minutes: Measurement


@dataclass(frozen=True)
class MeasuredStudy:
    """The finished jobs of a study.

    Attributes
    ----------
    jobs
        Those that the study has.
    unnamed
        Number of records that do not say whose they are: they were not extended.
    foreign
        Number of records of jobs that the study does not have, such as those of an earlier config.
    """

    jobs: tuple[MeasuredJob, ...]
    unnamed: int
    foreign: int


def measured_study(base: Path, results: Path) -> MeasuredStudy:
    """Read what the jobs of a study took.

    Parameters
    ----------
    base
        Folder of the workflow.
    results
        Folder of the results of the study.

    Raises
    ------
    InputError
        There is no record of a job or of the config, or a file is none.
    """
    records = read_benchmarks(results / "benchmarks")
    atlas = Atlas(base, parse_study(read_yaml(_latest_config(results))))
    sort = sorter(atlas)
    named = [record for record in records if record.rule is not None]
    jobs = [job for record in named if (job := sort(record)) is not None]
    return MeasuredStudy(tuple(jobs), len(records) - len(named), len(named) - len(jobs))


def sorter(atlas: Atlas) -> Callable[[BenchmarkRecord], MeasuredJob | None]:
    """A function that finds the job of a record in a study; None where it has no such job."""
    rules = atlas.requests.coefficients.rules.keys()
    figures = {name for paper in atlas.papers for name in paper.figures()}

    def sort(record: BenchmarkRecord) -> MeasuredJob | None:
        rule = FIGURE if record.rule in figures else record.rule
        if rule is None or rule not in rules:
            return None
        try:
            return _measured(rule, atlas.requests.of(rule), record)
        except (InputError, LookupError, AttributeError):
            # Its wildcards name no run, probe set, group, ... of this study.
            return None

    return sort


def _measured(rule: str, sizes: Sizes, record: BenchmarkRecord) -> MeasuredJob:
    memory = None
    if record.megabytes is not None:
        memory = Measurement(sizes.memory(record.wildcards), record.megabytes)
    minutes = Measurement(sizes.minutes(record.wildcards), record.seconds / 60)
    return MeasuredJob(rule, memory, minutes)


def _latest_config(results: Path) -> Path:
    configs: Sequence[Path] = sorted(
        (results / "config").glob("*.json"), key=lambda path: path.stat().st_mtime
    )
    if not configs:
        raise InputError(f"{results / 'config'}: holds no config of a study; run the study first")
    return configs[-1]
