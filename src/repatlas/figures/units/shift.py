"""How the alignment of units changes where images are changed (Kapoor et al. 2025)."""

import itertools
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import letters
from repatlas.figures.probes import probe_text
from repatlas.figures.style import INK, LINES, styled
from repatlas.figures.units.group import Group, require_same_runs
from repatlas.figures.units.named_panels import NamedPanels
from repatlas.figures.units.scores import (
    SCORE,
    PairNumbers,
    known_families,
    pair_scores,
    recorded_layers,
    share_scale,
)
from repatlas.figures.units.spread import draw_spread, spread_rows
from repatlas.figures.units.tables import accuracy_rows
from repatlas.store.spec import ProbeSpec
from repatlas.units.results import ALIGNMENTS, Alignments

NOTE = (
    "Maps are found and scored on the images of each probe set. Lines: means over ordered pairs of "
    "networks; bands: from the lowest to the highest pair. Lower row: score less that of the same "
    "pair on the first probe set."
)

QUANTITIES = ("score", "change")
"""What the upper and the lower row show."""


@styled
def draw_shift(probes: Sequence[Alignments], layout: UnitsLayout) -> tuple[Figure, pd.DataFrame]:
    """One column a family of maps: scores by layer on every probe set, and how they change.

    Parameters
    ----------
    probes
        Alignments of one group of networks on several probe sets, the unshifted one first.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``probe`` (in words) and ``measure``.
        Quantities are the mean over pairs and the lowest and highest pair, ``mean_score``,
        ``lowest_score`` and ``highest_score``, the same of ``change``, and accuracies.

    Raises
    ------
    InputError
        A layer is absent, or the files are not about the same networks.
    """
    require_same_runs(probes[0], probes[1:], "alignments")
    layers = recorded_layers(probes[0], layout)
    group, families = Group.of(probes[0].subjects), known_families(probes)
    networks = dict(zip(group.names, group.networks, strict=True))
    named = {_name(record): record for record in probes}
    colours = dict(zip(named, itertools.chain([INK], itertools.cycle(LINES)), strict=False))
    handles = [Line2D([], [], color=colour, label=name) for name, colour in colours.items()]
    count, across = 2 * len(families), len(families)
    page = NamedPanels(count, across, layers, group.label, networks, handles, layout)
    parts, drawn = [accuracy_rows(group.networks, group.names)], []
    for number, (letter, family) in enumerate(zip(letters(), families * 2, strict=False)):
        quantity = QUANTITIES[number // across]
        axes = page.axes(number, letter, ALIGNMENTS[family])
        for name, numbers in _numbers(named, layers, family, quantity).items():
            draw_spread(axes, range(len(layers)), numbers, colours[name], marker="o", ms=2, mew=0)
            rows = spread_rows(letter, layers, quantity, numbers)
            parts.append(rows.assign(probe=name, measure=family))
        drawn.append(axes)
    _set_scales(drawn[:across], drawn[across:])
    return page.finish(NOTE), pd.concat(parts, ignore_index=True)


def _name(record: Alignments) -> str:
    return probe_text(ProbeSpec.model_validate(record.subjects[0].probe))


def _numbers(
    named: dict[str, Alignments], layers: Sequence[str], family: str, quantity: str
) -> dict[str, PairNumbers]:
    """Scores on each probe set, or what they are more than on the first."""
    scores = {name: pair_scores(record, layers, family) for name, record in named.items()}
    if quantity == "score":
        return scores
    unshifted = next(iter(scores.values()))
    return {name: numbers - unshifted for name, numbers in scores.items()}


def _set_scales(upper: Sequence[Axes], lower: Sequence[Axes]) -> None:
    """One scale for all scores, another for all changes."""
    share_scale(upper)
    upper[0].set_ylabel(SCORE)
    lower[0].set_ylabel("change of the score")
    low = min(axes.dataLim.y0 for axes in lower)
    high = max(axes.dataLim.y1 for axes in lower)
    room = 0.06 * max(high - low, 0.05)
    for axes in lower:
        axes.set_ylim(low - room, high + room)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_formatter("{x:g}")
