"""Numbers of pairs of networks by layer: taken from records, drawn, written down."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from repatlas.errors import InputError
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.style import BLUE, FAINT, GREEN, ORANGE, PURPLE, VERMILLION
from repatlas.figures.units.group import Group, layers_shown
from repatlas.figures.units.tables import unit_rows
from repatlas.units.results import ALIGNMENTS, Alignments

FAMILIES = {
    "linear": BLUE,
    "procrustes": GREEN,
    "semi": ORANGE,
    "soft": PURPLE,
    "permutation": VERMILLION,
}
"""Families of maps (of `repatlas.units.results.ALIGNMENTS`) with their colours."""

APART = 0.26
"""How far the dots of the pairs stand apart, all together, where layers are 1 apart."""

SCORE = "correlation on held-out images"
"""What alignments score, for axes."""

PairNumbers = pd.DataFrame
"""(L, P) a row for each layer, a column (first, second) for each pair of networks."""


def recorded_layers(record: Any, layout: UnitsLayout) -> list[str]:
    """Titles of the layers of a record that a layout names, input to output.

    Raises
    ------
    InputError
        The record has no such layer.
    """
    known = list(dict.fromkeys(record.layer.tolist()))
    return [known[place] for place in layers_shown(known, layout)]


def pair_numbers(layers: Sequence[str], record: Any, value: Any, own: Any = ...) -> PairNumbers:
    """Numbers in long form as a table of some layers and all pairs; NaN where there is none.

    Parameters
    ----------
    record
        Has ``layer``, ``first`` and ``second`` for each number.
    value
        (m,) the numbers.
    own
        Which of them are meant, one a layer and pair at most.
    """
    columns = {"layer": record.layer, "first": record.first, "second": record.second}
    table = pd.DataFrame(
        {name: column[own] for name, column in (columns | {"value": value}).items()}
    )
    pivoted = table.pivot(index="layer", columns=["first", "second"], values="value")
    return pivoted.sort_index(axis=1).reindex(list(layers)).astype(np.float64)


def pair_scores(
    record: Alignments, layers: Sequence[str], measure: str, variant: str = "native"
) -> PairNumbers:
    """Scores of one measure of all ordered pairs in some layers."""
    own = (record.measure == measure) & (record.variant == variant)
    return pair_numbers(layers, record, record.value, own)


def known_families(records: Sequence[Alignments]) -> list[str]:
    """Families of maps of which one of the records has a score.

    Raises
    ------
    InputError
        None has any.
    """
    found = [
        name
        for name in FAMILIES
        if any(np.isfinite(record.value[record.measure == name]).any() for record in records)
    ]
    if not found:
        raise InputError("the alignments hold no score of any map: make them again")
    return found


def draw_pairs(axes: Axes, numbers: PairNumbers, color: Any, **line: Any) -> None:
    """Line through the means over pairs by layer, with a faint dot for every pair."""
    places = np.arange(len(numbers))
    beside = np.linspace(-APART / 2, APART / 2, max(numbers.shape[1], 2))
    for column, shift in zip(numbers, beside, strict=False):
        axes.plot(places + shift, numbers[column], "o", ms=1.8, mew=0, color=color, alpha=0.35)
    axes.plot(places, numbers.mean(axis=1), color=color, **{"zorder": 3} | line)


def draw_family(axes: Axes, numbers: PairNumbers, name: str) -> None:
    """Scores of a family of maps, in its colour."""
    draw_pairs(axes, numbers, FAMILIES[name], **_line(name))


def family_handle(name: str) -> Line2D:
    """Handle of a family of maps for a legend."""
    return Line2D([], [], label=ALIGNMENTS[name], color=FAMILIES[name], **_line(name))


def _line(name: str) -> dict[str, Any]:
    # Soft matching is the permutation where widths are equal: a wide line lies under the other.
    return {"lw": 2.6, "zorder": 2, "alpha": 0.7} if name == "soft" else {}


def pair_handle() -> Line2D:
    """Handle of the dots of pairs for a legend."""
    return Line2D([], [], ls="", marker="o", ms=2.4, mew=0, color=FAINT, label="pair of networks")


def share_scale(drawn: Sequence[Axes]) -> None:
    """Let all panels have one scale up to 1, from 0 or what lies below it."""
    low = min(axes.dataLim.y0 for axes in drawn)
    for axes in drawn:
        axes.set_ylim(min(low - 0.03, 0), 1.02)


def pair_rows(panel: str, quantity: str, numbers: PairNumbers, group: Group) -> pd.DataFrame:
    """Rows of every pair, and of the means over pairs (``mean_...``), which name no networks."""
    layers: list[str] = numbers.index.tolist()
    first, second = (
        [group.names[place] for place in numbers.columns.get_level_values(level)] * len(layers)
        for level in ("first", "second")
    )
    each = np.repeat(layers, numbers.shape[1]).tolist()
    values = numbers.to_numpy().ravel()
    single = unit_rows(panel, each, quantity, values, first=first, second=second)
    means = unit_rows(panel, layers, f"mean_{quantity}", numbers.mean(axis=1))
    return pd.concat([single, means], ignore_index=True)
