"""What jobs ask for: functions of wildcards and attempt, for the rules of the workflow."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from repatlas.workflow.resources.coefficients import Coefficients

Wildcards = Any
"""Snakemake's wildcards of a job: its attributes are texts."""

Size = Callable[[Wildcards], float]
"""How much of a need a job's networks and images account for, in MB or in minutes."""

Request = Callable[[Wildcards, int], int]
"""What a job asks for, from its wildcards and the number of the attempt, counted from 1."""

SIGNATURE = inspect.Signature(
    [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        for name in ("wildcards", "attempt")
    ]
)
"""Snakemake looks a function's signature up for each job: one that is stated costs no time."""


def no_size(_: Wildcards) -> float:
    """The size of a job that needs the same whatever it works on."""
    return 0.0


@dataclass(frozen=True)
class Sizes:
    """How large the jobs of a rule are."""

    memory: Size = no_size
    minutes: Size = no_size


@dataclass(frozen=True)
class Requests:
    """Functions that rules give to Snakemake for their resources.

    Attributes
    ----------
    coefficients
        Of all rules.
    sizes
        Sizes of the jobs of a rule; rules that are not named have none.
    """

    coefficients: Coefficients
    sizes: Mapping[str, Sizes]

    def of(self, rule: str) -> Sizes:
        """Sizes of the jobs of a rule."""
        return self.sizes.get(rule, Sizes())

    def memory(self, rule: str) -> Request:
        """Memory that the jobs of a rule ask for, in MB, with what Snakemake itself takes.

        Raises
        ------
        InputError
            The file of coefficients has nothing of the rule.
        """
        line, size = self.coefficients.of(rule).memory, self.of(rule).memory
        beside, growth = self.coefficients.snakemake_mb, self.coefficients.retry.memory

        def request(wildcards: Wildcards, attempt: int) -> int:
            return math.ceil((beside + line.at(size(wildcards))) * growth ** (attempt - 1))

        return _stated(request)

    def minutes(self, rule: str) -> Request:
        """Time limit of the jobs of a rule, in minutes; errors as for `memory`."""
        line, size = self.coefficients.of(rule).minutes, self.of(rule).minutes
        growth, longest = self.coefficients.retry.minutes, self.coefficients.longest_minutes

        def request(wildcards: Wildcards, attempt: int) -> int:
            return math.ceil(min(line.at(size(wildcards)) * growth ** (attempt - 1), longest))

        return _stated(request)

    def gpu_places(self, rule: str) -> Request:
        """Places that the jobs of a rule take on a GPU; twice as many in each further attempt."""
        size, place = self.of(rule).memory, self.coefficients.gpu_place_mb

        def request(wildcards: Wildcards, attempt: int) -> int:
            return max(1, math.ceil(size(wildcards) / place)) * 2 ** (attempt - 1)

        return _stated(request)


def _stated(request: Request) -> Request:
    request.__signature__ = SIGNATURE  # type: ignore[attr-defined]
    return request
