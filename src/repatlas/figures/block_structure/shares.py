"""Shares of the first component in every seed of every network, side by side.

Beyond the paper, which shows single seeds: how strong the component is at each block output of each
network, and how much that varies between seeds.
"""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import scale_text
from repatlas.figures.layers import layers_drawn
from repatlas.figures.sheet import Sheet, footer_height
from repatlas.figures.spec import LayerSet, SharesLayout
from repatlas.figures.style import FAINT, INK, LINES, RULE, WARNING, styled

LEFT, TOP, HEIGHT, BELOW = 0.55, 0.2, 2.4, 0.42

DOMINATES = 0.5
"""Share above which a component has more of the variance than all others together."""


@styled
def draw_shares(similarities: Similarities, layout: SharesLayout) -> tuple[Figure, pd.DataFrame]:
    """One column a network, in it a group of dots a seed, one dot a block output.

    Returns
    -------
    figure, table
        Columns of the table: network, seed, order, layer, share, train_accuracy, test_accuracy.

    Raises
    ------
    InputError
        The files do not hold a network of the layout, or one without layers of the set.
    """
    networks = similarities.find_all(layout.cells)
    table = pd.concat([_rows(network, layout) for network in networks], ignore_index=True)
    sheet = Sheet.of_height(TOP + HEIGHT + BELOW + footer_height(2))
    axes = sheet.axes(LEFT, TOP, sheet.width - LEFT - 0.1, HEIGHT)
    seeds = sorted(set(table["group"]))
    colours = [LINES[rank % len(LINES)] for rank in range(len(seeds))]
    # A swarm places its dots by rule: the same picture each time, as jitter would not give.
    sns.swarmplot(
        table, x="network", y="share", hue="group", hue_order=seeds, palette=colours, dodge=True,
        size=2.4, linewidth=0, warn_thresh=1, ax=axes,
    )  # fmt: skip
    _label(axes, networks, table, layout)
    note = f"one dot a {layout.layers.replace('_', ' ')}; below each network its train accuracy (%)"
    sheet.footer(note, scale_text(networks))
    return sheet.figure, table.drop(columns="group")


def _layers(network: Network, wanted: LayerSet) -> NDArray[np.intp]:
    """The layers wanted; where a network of a user's marks none of them, its ReLUs, else all."""
    choices: tuple[LayerSet, ...] = (wanted, "relu", "all")
    found = {
        "block_output": bool(network.block_outputs.any()),
        "relu": bool((network.kinds == "relu").any()),
        "all": True,
    }
    return layers_drawn(network, next(choice for choice in choices if found[choice]))


def _rows(network: Network, layout: SharesLayout) -> pd.DataFrame:
    layers = _layers(network, layout.layers)
    run = network.run
    order = "" if run.order == run.seed else f", order {run.order}"
    return pd.DataFrame(
        {
            "network": run.label,
            "seed": run.seed,
            "order": run.order,
            "group": f"seed {run.seed}{order}",
            "layer": layers,
            "share": network.shares[layers],
            "train_accuracy": network.train_accuracy,
            "test_accuracy": network.test_accuracy,
        }
    )


def _label(axes: Axes, networks: list[Network], table: pd.DataFrame, layout: SharesLayout) -> None:
    axes.axhline(DOMINATES, color=RULE, linewidth=0.7, zorder=0)
    axes.set(xlabel="", ylabel="share of first component", ylim=(0, 1.02))
    names = list(dict.fromkeys(table["network"]))
    fits = {
        name: [100 * one.train_accuracy for one in networks if one.run.label == name]
        for name in names
    }
    axes.set_xticks(range(len(names)), names, color=INK)
    for place, name in enumerate(names):
        least = 100 * layout.least_train_accuracy
        worst = np.nanmin(fits[name])
        text = f"{worst:.1f}" if len(fits[name]) == 1 else f"{worst:.1f} to {max(fits[name]):.1f}"
        axes.annotate(
            text, (place, 0), xytext=(0, -16), textcoords="offset points",
            xycoords=("data", "axes fraction"), ha="center", va="top", fontsize=6,
            color=WARNING if worst < least else FAINT,
        )  # fmt: skip
    axes.legend(title=None, loc="upper left", ncols=6, handletextpad=0, columnspacing=0.8)
