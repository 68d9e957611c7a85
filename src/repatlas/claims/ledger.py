"""The ledger: every claim with its number and its verdict."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from repatlas.claims.bootstrap import Estimate, estimate
from repatlas.claims.catalogue import STATISTICS
from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import EvidenceFiles
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import UnavailableError
from repatlas.claims.spec import Claim, ClaimsFile, ClaimsSpec, Direction, Scale, Verdict
from repatlas.claims.verdict import Judgement, judge, out_of_scale
from repatlas.errors import InputError
from repatlas.files import atomic_file
from repatlas.section import Section

DIGITS = 6
"""Decimals kept: more would be rounding, and differ between machines."""


class SeedValue(Section):
    """The value of one network, or of one pair of networks."""

    label: str
    value: float
    subtracted: bool = Field(default=False, description="counts on the side that is subtracted")
    p: float | None = None


class Entry(Section):
    """One claim, judged."""

    id: str
    paper: str
    title: str
    topic: str = Field(description="what the numbered claim, of which this is a part, is about")
    figure: str
    page: str | None
    made_for: str | None
    statement: str
    statistic: str
    arguments: dict[str, JsonValue]
    measures: str = Field(description="what the statistic is, in words")
    value: float | None
    interval: tuple[float, float] | None
    threshold: float
    direction: Direction
    significance: float | None
    null: float | None
    p: float | None
    seeds: int = Field(description="seeds behind the value; of the cell with fewest")
    least_seeds: int
    scale: Scale = Field(description="scale of the study")
    claimed_at: tuple[Scale, ...]
    judged_at: tuple[Scale, ...] = Field(description="scales of study that can speak to the claim")
    verdict: Verdict
    reason: str
    per_seed: tuple[SeedValue, ...]
    left_out: tuple[str, ...]
    not_fitted: tuple[str, ...]
    study: str
    config: str = Field(description="hash of the study's resolved config")


ENTRIES = TypeAdapter(list[Entry])


@dataclass(frozen=True)
class StudyFacts:
    """What every entry says of the study.

    Attributes
    ----------
    study
        Its name.
    scale
        Which claims it can speak to.
    config
        Hash of its resolved config, empty where there is none.
    """

    study: str
    scale: Scale
    config: str = ""


def judge_claims(
    files: Iterable[ClaimsFile], evidence: EvidenceFiles, spec: ClaimsSpec, study: StudyFacts
) -> list[Entry]:
    """Judge the claims of all papers on the evidence of one study.

    Raises
    ------
    InputError
        A file of the evidence that is absent, foreign or damaged.
    """
    opened = Evidence(evidence, spec)
    return [_entry(claim, paper, opened, study) for paper in files for claim in paper.claims]


def write_entries(entries: Sequence[Entry], path: Path) -> None:
    """Write the ledger as JSON; the same entries give the same bytes."""
    values = ENTRIES.dump_python(list(entries), mode="json")
    with atomic_file(path) as sibling:
        text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
        sibling.write_text(text + "\n", encoding="utf-8")


def read_entries(path: Path) -> list[Entry]:
    """Read a ledger.

    Raises
    ------
    InputError
        No such file, or not a ledger.
    """
    try:
        return ENTRIES.validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist: judge the claims first") from error
    except ValidationError as error:
        raise InputError(f"{path}: not a ledger of claims; judge the claims again") from error


def _entry(claim: Claim, paper: ClaimsFile, evidence: Evidence, study: StudyFacts) -> Entry:
    measurement, missing = _measure(claim, evidence)
    generator = np.random.default_rng(evidence.spec.seed)
    found = estimate(measurement, evidence.spec.bootstrap, generator)
    not_fitted = _not_fitted(claim, evidence) + measurement.not_fitted
    judgement = (
        out_of_scale(claim, study.scale) or missing or judge(claim, measurement, found, not_fitted)
    )
    return Entry(
        **claim.model_dump(exclude={"seeds", "scale"}),
        title=paper.title,
        topic=paper.topics[claim.number],
        measures=STATISTICS[claim.statistic].summary,
        value=_rounded(found.value),
        interval=_rounded_interval(found),
        null=_rounded(measurement.null),
        p=_rounded(measurement.p),
        seeds=measurement.seeds,
        least_seeds=claim.seeds,
        scale=study.scale,
        claimed_at=claim.scale,
        verdict=judgement.verdict,
        reason=judgement.reason,
        per_seed=(
            *_seed_values(measurement.observations, subtracted=False),
            *_seed_values(measurement.minus or (), subtracted=True),
        ),
        left_out=measurement.left_out,
        not_fitted=not_fitted,
        study=study.study,
        config=study.config,
    )


def _measure(claim: Claim, evidence: Evidence) -> tuple[Measurement, Judgement | None]:
    """Measure; where the study lacks the evidence, give no values, and the verdict."""
    try:
        measurement = STATISTICS[claim.statistic].measure(evidence, claim.arguments)
    except UnavailableError as error:
        return Measurement(()), Judgement("undecided", str(error))
    return measurement.finite(), None


def _not_fitted(claim: Claim, evidence: Evidence) -> tuple[str, ...]:
    roles = [claim.arguments.get(name) for name in ("role", "minus", "before", "control")]
    cells = [evidence.cell(role) for role in roles if role in evidence.files.roles]
    return tuple(note for cell in cells for note in cell.not_fitted)


def _seed_values(observations: Iterable[Observation], *, subtracted: bool) -> Iterator[SeedValue]:
    for item in observations:
        yield SeedValue(
            label=item.label,
            value=round(item.value, DIGITS) + 0.0,
            subtracted=subtracted,
            p=_rounded(item.p),
        )


def _rounded(value: float | None) -> float | None:
    # Adding zero turns a rounded -0.0 into 0.0.
    return None if value is None or math.isnan(value) else round(value, DIGITS) + 0.0


def _rounded_interval(found: Estimate) -> tuple[float, float] | None:
    if found.interval is None:
        return None
    low, high = found.interval
    return round(low, DIGITS) + 0.0, round(high, DIGITS) + 0.0
