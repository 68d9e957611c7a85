"""How long a workflow still takes, learned from the jobs that it has finished."""

import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

FIRST_GUESS = {"train": 30.0, "extract": 6.0, "prepare_data": 4.0}
"""Seconds a job of a rule is taken to need until one has finished; the others: ``OTHER_GUESS``."""

OTHER_GUESS = 3.0


@dataclass
class Estimator:
    """Time left, from the number of waiting jobs of each rule and the durations seen so far.

    A rule's jobs are taken to last as long as the mean of those that have finished; running jobs
    have their elapsed time taken off.
    """

    cores: int = 1
    waiting: dict[str, int] = field(default_factory=dict)
    running: dict[int, tuple[str, float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def plan(self, stats: Mapping[str, int]) -> None:
        """Take the number of jobs of each rule, as Snakemake states it at the start."""
        self.waiting = {rule: count for rule, count in stats.items() if rule != "total"}

    def start(self, job: int, rule: str, now: float) -> None:
        """Note that a job has started; ``now`` in seconds of any steady clock."""
        self.running[job] = (rule, now)
        self.waiting[rule] = max(0, self.waiting.get(rule, 0) - 1)

    def finish(self, job: int, now: float) -> float | None:
        """Note that a job has ended and return its duration in seconds, if its start was seen."""
        if job not in self.running:
            return None
        rule, began = self.running.pop(job)
        self.seconds[rule].append(now - began)
        return now - began

    def left(self, now: float) -> float:
        """Seconds until the last job ends, if all cores stay busy."""
        work = sum(count * self._expected(rule) for rule, count in self.waiting.items())
        rest = [
            max(0.0, self._expected(rule) - (now - began)) for rule, began in self.running.values()
        ]
        return max((work + sum(rest)) / self.cores, max(rest, default=0.0))

    def _expected(self, rule: str) -> float:
        seen = self.seconds.get(rule)
        return statistics.fmean(seen) if seen else FIRST_GUESS.get(rule, OTHER_GUESS)


def duration_text(seconds: float) -> str:
    """Seconds in words: ``8 s``, ``3 min``, ``2 h 05 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
