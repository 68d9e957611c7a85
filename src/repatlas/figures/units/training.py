"""How the alignment of units comes about during training (Kapoor et al. 2025)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.inputs import Network
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import letters
from repatlas.figures.style import INK, styled
from repatlas.figures.units.group import Group, require_same_runs
from repatlas.figures.units.layer_axis import layer_colours, layer_handles
from repatlas.figures.units.named_panels import NamedPanels
from repatlas.figures.units.scores import (
    SCORE,
    known_families,
    pair_scores,
    recorded_layers,
    share_scale,
)
from repatlas.figures.units.spread import draw_spread, spread_rows
from repatlas.figures.units.tables import accuracy_rows
from repatlas.training.spec import INITIAL, epoch_name, step_name
from repatlas.units.results import ALIGNMENTS, Alignments

ACROSS = 3
"""Panels in a line at most."""
NOTE = (
    "Lines: means over ordered pairs of networks, in the last panel over networks; bands: from the "
    "lowest to the highest. Accuracies on top are those of the last checkpoint."
)
ACCURACIES = {"train": "--", "test": "-"}
"""Accuracies drawn, with their lines."""


@styled
def draw_training(
    checkpoints: Sequence[Alignments], layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a family of maps, in it a line a layer over checkpoints; the last: accuracies.

    Parameters
    ----------
    checkpoints
        Alignments of one group of networks, in the order of training.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``checkpoint`` and ``measure``. Quantities
        are ``mean_score``, ``lowest_score`` and ``highest_score`` (over pairs), the same of
        ``train_accuracy`` and ``test_accuracy`` (over networks), and accuracies in the end.

    Raises
    ------
    InputError
        A layer is absent, or the files are not about the same networks.
    """
    require_same_runs(checkpoints[0], checkpoints[1:], "alignments")
    layers = recorded_layers(checkpoints[0], layout)
    groups = [Group.of(record.subjects) for record in checkpoints]
    final, families = groups[-1], known_families(checkpoints)
    names = [checkpoint_text(group.networks[0]) for group in groups]
    networks = dict(zip(final.names, final.networks, strict=True))
    handles = layer_handles(layers)
    page = NamedPanels(len(families) + 1, ACROSS, names, final.label, networks, handles, layout)
    parts, drawn = [accuracy_rows(final.networks, final.names)], []
    panels = [*(ALIGNMENTS[family] for family in families), "accuracy"]
    for number, (letter, title) in enumerate(zip(letters(), panels, strict=False)):
        axes = page.axes(number, letter, title)
        if number < len(families):
            parts += _draw_family(axes, letter, checkpoints, layers, families[number])
        else:
            parts += _draw_accuracies(axes, letter, groups)
        if page.grid.is_first_of_line(number) and number < len(families):
            axes.set_ylabel(SCORE)
        drawn.append(axes)
    share_scale(drawn)
    return page.finish(NOTE), pd.concat(parts, ignore_index=True)


def checkpoint_text(network: Network) -> str:
    """When during training a network was looked at, in a word or two."""
    kept = network.run.training_spec.checkpoints
    told = {epoch_name(epoch): f"epoch {epoch}" for epoch in kept.epochs}
    told |= {step_name(step): f"step {step}" for step in kept.steps}
    told[epoch_name(INITIAL)] = "untrained"
    return told.get(network.checkpoint, network.checkpoint)


def _draw_family(
    axes: Axes, letter: str, checkpoints: Sequence[Alignments], layers: Sequence[str], family: str
) -> list[pd.DataFrame]:
    """Scores of a family in each layer, over checkpoints; gives the rows of the table."""
    scores = np.stack([pair_scores(record, layers, family) for record in checkpoints])
    names = [record.subjects[0].checkpoint for record in checkpoints]
    parts = []
    for row, colour in enumerate(layer_colours(len(layers))):
        draw_spread(axes, range(len(names)), scores[:, row], colour, marker="o", ms=2.2, mew=0)
        rows = spread_rows(letter, layers[row], "score", scores[:, row])
        parts.append(rows.assign(checkpoint=names * 3, measure=family))
    return parts


def _draw_accuracies(axes: Axes, letter: str, groups: Sequence[Group]) -> list[pd.DataFrame]:
    """Accuracies of the networks at each checkpoint; gives the rows of the table."""
    names, parts = [group.networks[0].checkpoint for group in groups], []
    for split, line in ACCURACIES.items():
        numbers = [
            [getattr(one, f"{split}_accuracy") for one in group.networks] for group in groups
        ]
        draw_spread(axes, range(len(names)), numbers, INK, ls=line, label=split)
        rows = spread_rows(letter, "", f"{split}_accuracy", numbers)
        parts.append(rows.assign(checkpoint=names * 3))
    axes.legend(loc="lower right")
    return parts
