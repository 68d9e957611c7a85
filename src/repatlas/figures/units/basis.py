"""Whether units have a privileged basis: scores in it and in a rotated one (Kapoor et al. 2025)."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import letters
from repatlas.figures.style import SKY, VERMILLION, styled
from repatlas.figures.units.group import Group, require_same_runs
from repatlas.figures.units.named_panels import NamedPanels
from repatlas.figures.units.scores import (
    draw_pairs,
    known_families,
    pair_handle,
    pair_rows,
    pair_scores,
    recorded_layers,
    share_scale,
)
from repatlas.figures.units.tables import accuracy_rows
from repatlas.units.results import ALIGNMENTS, Alignments

BASES: dict[str, tuple[str, dict[str, Any]]] = {
    # Where the two agree, the wide line lies under the other.
    "native": ("units as they are", {"color": SKY, "lw": 2.6, "zorder": 2}),
    "rotated": ("first network in a randomly rotated basis", {"color": VERMILLION}),
}
"""Variants drawn, with name and line."""
NOTE = (
    "Score: correlation of mapped units with those of the second network on held-out images. "
    "Linear and Procrustes maps can undo a rotation; the others keep units whole."
)


@styled
def draw_basis(
    alignments: Alignments, untrained: Alignments, layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One column a family of maps, a row for trained and untrained networks, a line a basis.

    Parameters
    ----------
    alignments, untrained
        Of one group of networks, trained and at their initialisation.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``measure``, ``basis`` (native or rotated)
        and ``networks`` (trained or untrained). Quantities are ``score``, ``mean_score`` (over
        pairs) and accuracies.

    Raises
    ------
    InputError
        A layer is absent, or the files are not about the same networks.
    """
    require_same_runs(alignments, [untrained], "untrained")
    layers = recorded_layers(alignments, layout)
    group, families = Group.of(alignments.subjects), known_families([alignments])
    networks = dict(zip(group.names, group.networks, strict=True))
    handles = [Line2D([], [], label=name, **line) for name, line in BASES.values()]
    across = len(families)
    page = NamedPanels(
        2 * across, across, layers, group.label, networks, [*handles, pair_handle()], layout
    )
    parts, drawn = [accuracy_rows(group.networks, group.names)], []
    for number, (letter, family) in enumerate(zip(letters(), families * 2, strict=False)):
        record, title = (alignments, "trained") if number < across else (untrained, "untrained")
        axes = page.axes(number, letter, ALIGNMENTS[family])
        if page.grid.is_first_of_line(number):
            axes.set_ylabel(f"score, {title} networks")
        for basis, (_, line) in BASES.items():
            scores = pair_scores(record, layers, family, basis)
            draw_pairs(axes, scores, **line)
            rows = pair_rows(letter, "score", scores, group)
            parts.append(rows.assign(measure=family, basis=basis, networks=title))
        drawn.append(axes)
    share_scale(drawn)
    return page.finish(NOTE), pd.concat(parts, ignore_index=True)
