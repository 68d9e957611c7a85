"""Requests beside what jobs took, rule by rule."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from repatlas.workflow.resources.coefficients import Coefficients
from repatlas.workflow.resources.measured import MeasuredJob, Measurement


@dataclass(frozen=True)
class Compared:
    """Memory or time of the jobs of a rule, in MB or in minutes.

    Attributes
    ----------
    least, most
        Smallest and largest request for a job that was measured.
    used
        The most that any took.
    headroom
        Smallest ratio of a job's request to what it took.
    """

    least: float
    most: float
    used: float
    headroom: float

    @property
    def short(self) -> bool:
        """Whether any job took more than is asked for it."""
        return self.headroom < 1


@dataclass(frozen=True)
class Row:
    """The jobs of a rule; without memory if all were too short for it to be seen."""

    rule: str
    jobs: int
    memory: Compared | None
    minutes: Compared

    @property
    def short(self) -> bool:
        """Whether any job took more memory or time than is asked for it."""
        return self.minutes.short or (self.memory is not None and self.memory.short)


def compare(jobs: Sequence[MeasuredJob], coefficients: Coefficients) -> list[Row]:
    """Compare what is asked for in a first attempt with what was measured.

    What is asked for Snakemake itself is left out: it is not in what was measured.

    Parameters
    ----------
    jobs
        Finished jobs.
    coefficients
        Coefficients of all their rules.

    Returns
    -------
    list[Row]
        A row for each rule that has a job, in the order of the coefficients.
    """
    return [
        _row(rule, [job for job in jobs if job.rule == rule], coefficients)
        for rule in coefficients.rules
        if any(job.rule == rule for job in jobs)
    ]


def memory_of(jobs: Iterable[MeasuredJob]) -> list[Measurement]:
    """Memory of the jobs of which it was seen."""
    return [job.memory for job in jobs if job.memory is not None]


def minutes_of(jobs: Iterable[MeasuredJob]) -> list[Measurement]:
    """Time of all jobs."""
    return [job.minutes for job in jobs]


def _row(rule: str, jobs: Sequence[MeasuredJob], coefficients: Coefficients) -> Row:
    lines = coefficients.of(rule)
    memory = memory_of(jobs)
    return Row(
        rule,
        len(jobs),
        _compared(memory, lines.memory.at) if memory else None,
        _compared(minutes_of(jobs), lines.minutes.at),
    )


def _compared(found: Sequence[Measurement], request: Callable[[float], float]) -> Compared:
    asked = [request(one.size) for one in found]
    ratios = [
        given / one.used if one.used else float("inf")
        for given, one in zip(asked, found, strict=True)
    ]
    return Compared(min(asked), max(asked), max(one.used for one in found), min(ratios))
