"""The claims table as a page that a reader can open first."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, StrictUndefined

from repatlas.claims.ledger import Entry, SeedValue
from repatlas.claims.page import TEMPLATE
from repatlas.claims.spec import Verdict
from repatlas.errors import InputError
from repatlas.files import atomic_file

ANOTHER_SCALE = "undecided at this scale"
"""What an undecided claim is called where no study of this scale could decide it."""

SYMBOLS: dict[Verdict, str] = {"reproduced": "✓", "not reproduced": "✗", "undecided": "?"}

BAR_WIDTH = 250
MARGIN = 8
FEW_SEEDS = 5
SMALL = 0.2
"""Numbers below this would all stand at one end of an axis from 0 to 1."""


@dataclass(frozen=True)
class Span:
    """A stretch of the bar, in pixels."""

    x: float
    width: float


@dataclass(frozen=True)
class Tick:
    """A number below the bar."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True)
class Bar:
    """Where the parts of a bar stand, in pixels from its left end."""

    width: int
    side: Span
    threshold: float
    value: float
    interval: tuple[float, float] | None
    null: float | None
    seeds: tuple[float, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Row:
    """One claim of the table."""

    entry: Entry
    symbol: str
    verdict: str
    reason: str
    style: str
    bar: Bar | None
    text: str
    summary: str
    seeds: tuple[str, ...]


def write_table(entries: Sequence[Entry], path: Path) -> None:
    """Write the page; the same entries give the same bytes.

    Raises
    ------
    InputError
        There is no claim.
    """
    if not entries:
        raise InputError("there is no claim to show: name a ledger that has some")
    text = render_table(entries)
    with atomic_file(path) as sibling:
        sibling.write_text(text, encoding="utf-8")


def render_table(entries: Sequence[Entry]) -> str:
    """Draw the page: papers, and their numbered claims, in the order of the entries."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    first = entries[0]
    return environment.from_string(TEMPLATE).render(
        study=first.study,
        scale=first.scale,
        config=first.config,
        counts=_counts(entries),
        another_scale=sum(map(_is_of_another_scale, entries)),
        few=_few(entries),
        significance=any(entry.p is not None for entry in entries),
        papers=[
            {"title": title, "topics": _topics(list(group))}
            for title, group in itertools.groupby(entries, key=lambda entry: entry.title)
        ],
    )


def bar(entry: Entry) -> Bar | None:
    """Place value, interval, threshold and null of a claim on one axis; None without a value.

    The axis runs from 0 to 1, or further where a number lies outside; where all numbers are small,
    no further than they. Single seeds are drawn
    where the claim's value is their mean, and not where it is a difference of two means.
    """
    if entry.value is None:
        return None
    seeds = [item.value for item in entry.per_seed]
    if any(item.subtracted for item in entry.per_seed):
        seeds = []
    null = [] if entry.null is None else [entry.null]
    numbers = [0.0, entry.threshold, entry.value, *(entry.interval or ()), *null, *seeds]
    if max(map(abs, numbers)) > SMALL:
        numbers.append(1.0)
    elif not any(numbers):
        numbers.append(SMALL)
    low, high = min(numbers), max(numbers)

    def place(value: float) -> float:
        return round(MARGIN + (BAR_WIDTH - 2 * MARGIN) * (value - low) / (high - low), 1)

    threshold = place(entry.threshold)
    above = entry.direction == "above"
    return Bar(
        width=BAR_WIDTH,
        side=Span(threshold, round(BAR_WIDTH - threshold, 1)) if above else Span(0, threshold),
        threshold=threshold,
        value=place(entry.value),
        interval=entry.interval and (place(entry.interval[0]), place(entry.interval[1])),
        null=None if entry.null is None else place(entry.null),
        seeds=tuple(map(place, seeds)),
        ticks=_ticks(low, high, entry.threshold, place),
    )


def _ticks(low: float, high: float, threshold: float, place: Any) -> tuple[Tick, ...]:
    ends = [Tick(0, f"{low:.2g}", "start"), Tick(BAR_WIDTH, f"{high:.2g}", "end")]
    x = place(threshold)
    apart = [tick for tick in ends if abs(tick.x - x) > 40]
    anchor = "start" if x < 30 else "end" if x > BAR_WIDTH - 30 else "middle"
    return (*apart, Tick(x, f"{threshold:g}", anchor))


def _counts(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "verdict": verdict,
            "symbol": SYMBOLS[verdict],
            "style": _style(verdict),
            "number": number,
        }
        for verdict in get_args(Verdict)
        for number in [sum(entry.verdict == verdict for entry in entries)]
    ]


def _few(entries: Sequence[Entry]) -> str:
    """Tell how many seeds stand behind intervals of few, empty where there are always enough."""
    numbers = sorted(
        {entry.seeds for entry in entries if entry.interval and entry.seeds < FEW_SEEDS}
    )
    return " or ".join(map(str, numbers))


def _topics(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Numbered claims of one paper, each with its parts and the counts of their verdicts."""
    return [
        {
            "number": number,
            "anchor": f"{parts[0].paper}-{number}",
            "name": parts[0].topic,
            "counts": _counts(parts),
            "rows": [_row(entry) for entry in parts],
        }
        for number, group in itertools.groupby(entries, key=_number)
        for parts in [list(group)]
    ]


def _number(entry: Entry) -> str:
    return entry.id.partition("-")[0]


def _is_of_another_scale(entry: Entry) -> bool:
    return entry.scale not in entry.judged_at


def _row(entry: Entry) -> Row:
    other = _is_of_another_scale(entry)
    return Row(
        entry=entry,
        symbol=SYMBOLS[entry.verdict],
        verdict=ANOTHER_SCALE if other else entry.verdict,
        reason=f"judged at: {', '.join(entry.judged_at)}" if other else entry.reason,
        style=_style(entry.verdict),
        bar=bar(entry),
        text=_text(entry),
        summary=_summary(entry),
        seeds=tuple(map(_seed_text, entry.per_seed)),
    )


def _summary(entry: Entry) -> str:
    parts = ["1 seed" if entry.seeds == 1 else f"{entry.seeds} seeds"]
    if entry.not_fitted:
        parts.append(f"{len(entry.not_fitted)} not fitted")
    if entry.left_out:
        parts.append(f"{len(entry.left_out)} left out")
    return ", ".join(parts)


def _seed_text(item: SeedValue) -> str:
    p = "" if item.p is None else f", p = {item.p:.2g}"
    return f"{item.label}: {item.value:.3f}{p}" + ", subtracted" * item.subtracted


def _text(entry: Entry) -> str:
    if entry.value is None:
        return "no value"
    # Differences of a percent would vanish behind two decimals.
    digits = 3 if abs(entry.value) < 0.1 and abs(entry.threshold) < 0.1 else 2
    interval = (
        "" if entry.interval is None else " [{:.{d}f}, {:.{d}f}]".format(*entry.interval, d=digits)
    )
    p = "" if entry.p is None else f", p = {entry.p:.2g}"
    claimed = f"claimed {entry.direction} {entry.threshold:g}"
    return f"{entry.value:.{digits}f}{interval}{p}; {claimed}"


def _style(verdict: Verdict) -> str:
    return verdict.replace(" ", "-")
