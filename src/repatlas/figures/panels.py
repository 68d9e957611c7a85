"""The panels of one figure: drawn, lettered, titled, and written down for its table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from repatlas.figures.heatmap import (
    LayerAxis,
    draw_colour_bar,
    draw_map,
    draw_no_value,
    layer_ticks,
)
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import scale_text
from repatlas.figures.layers import AXIS_LABELS, block_of, layer_axis, layers_drawn
from repatlas.figures.marks import OVERHANG, draw_accuracies, draw_title, letters
from repatlas.figures.sheet import Sheet
from repatlas.figures.spec import LayerSet, Layout
from repatlas.figures.style import BLOCK, FAINT, INK
from repatlas.figures.tables import accuracy_rows, line_rows, map_rows, table_of
from repatlas.similarity.block import SHARE_THRESHOLD

BAR_GAP, BAR_WIDTH, NO_VALUE_ROOM = 0.2, 0.09, 0.24
BAR_ROOM = 0.72
"""Inches to the right of the last panel for the colour bar with its labels."""


@dataclass(frozen=True)
class Box:
    """A place on a sheet, in inches from its top-left corner."""

    left: float
    top: float
    width: float
    height: float

    def axes(self, sheet: Sheet, **options: Any) -> Axes:
        """Axes with this frame."""
        return sheet.axes(self.left, self.top, self.width, self.height, **options)


class Panels:
    """Panels of one figure in the order in which they are drawn.

    Parameters
    ----------
    sheet
        Where they are drawn.
    similarities
        Where their values come from.
    layout
        What all of them share: the measure of CKA, and when a network did not fit.
    which
        The layers that heat maps and curves show.
    overhang
        Points by which titles may reach beyond their panels.
    """

    def __init__(
        self,
        sheet: Sheet,
        similarities: Similarities,
        layout: Layout,
        which: LayerSet = "all",
        *,
        overhang: float = OVERHANG,
    ) -> None:
        self.sheet = sheet
        self.similarities = similarities
        self.layout = layout
        self.which = which
        self.overhang = overhang
        self._letters = letters()
        self._parts: list[pd.DataFrame] = []
        self._maps: list[NDArray[np.floating]] = []
        self._axes: dict[Network, LayerAxis] = {}
        self._shown: dict[Network, None] = {}

    @property
    def axis_label(self) -> str:
        """What the axes of layers count."""
        return AXIS_LABELS[self.which]

    def next_letter(self) -> str:
        """Letter of the next panel."""
        return next(self._letters)

    def add_rows(self, rows: pd.DataFrame) -> None:
        """Write down what a panel shows."""
        self._parts.append(rows)

    def table(self) -> pd.DataFrame:
        """Everything written down so far, with the columns of `tables.COLUMNS`."""
        return table_of(self._parts)

    def axis(self, network: Network) -> LayerAxis:
        """Drawn layers of a network, with its stages and its block."""
        if network not in self._axes:
            block = block_of(self.similarities, network, self.layout.measure)
            self._axes[network] = layer_axis(network, layers_drawn(network, self.which), block)
        return self._axes[network]

    def heat_map(
        self,
        box: Box,
        title: str,
        x: Network,
        y: Network | None = None,
        *,
        measure: str | None = None,
        header: bool = True,
    ) -> Axes:
        """Heat map of the layers of a network with each other, or of two networks.

        Parameters
        ----------
        title
            Drawn above the panel if ``header``, with the accuracies; in the table in any case.
        x, y
            Networks on the horizontal and the vertical axis; the same if ``y`` is not given.
        measure
            Of the similarity file; the layout's CKA if not given.
        """
        vertical = x if y is None else y
        quantity = measure or self.layout.measure
        axis_x, axis_y = self.axis(x), self.axis(vertical)
        values = self.similarities.values(quantity, vertical, x)
        values = values[np.ix_(axis_y.layers, axis_x.layers)]
        axes = box.axes(self.sheet)
        letter = self.next_letter()
        self.map_of(axes, letter, title, quantity, values, axis_x, axis_y)
        if header:
            self.header(axes, letter, title, *dict.fromkeys((x, vertical)))
        else:
            draw_title(axes, letter)
        return axes

    def map_of(
        self,
        axes: Axes,
        letter: str,
        title: str,
        quantity: str,
        values: NDArray[np.floating],
        x: LayerAxis,
        y: LayerAxis | None = None,
    ) -> None:
        """Heat map of any values (m_y, m_x), without its letter and title."""
        draw_map(axes, values, x, y)
        self._maps.append(values)
        self.add_rows(map_rows(letter, title, quantity, values, x, y))

    def show(self, letter: str, title: str, *networks: Network) -> None:
        """Write down accuracies that stand beside a panel; the scale note speaks of these."""
        self._shown.update(dict.fromkeys(networks))
        for network in networks:
            self.add_rows(accuracy_rows(letter, title, network))

    def header(self, axes: Axes, letter: str, title: str, *networks: Network) -> None:
        """Title of a panel, with the accuracies of what it shows."""
        least = self.layout.least_train_accuracy
        draw_title(axes, letter, title, points=16, overhang=self.overhang)
        draw_accuracies(axes, networks, least, overhang=self.overhang)
        self.show(letter, title, *networks)

    def share_curve(
        self,
        box: Box,
        title: str,
        network: Network,
        *,
        upright: bool = False,
        letter: str | None = None,
    ) -> Axes:
        """Share of variance of the first component, by layer.

        Dots stand for block outputs, the dotted line for the least share inside a block, the
        shade for the detected block. Layers run to the right, or ``upright`` to the top. The
        curve has a letter of its own unless it belongs to the panel whose ``letter`` is given.
        """
        axis = self.axis(network)
        shares, places = network.shares[axis.layers], np.arange(axis.size)
        dots = network.block_outputs[axis.layers]
        axes = box.axes(self.sheet)
        span, line = (axes.axhspan, axes.axvline) if upright else (axes.axvspan, axes.axhline)
        if axis.block is not None:
            span(*axis.block, color=BLOCK, alpha=0.18, lw=0)
        line(SHARE_THRESHOLD, color=FAINT, lw=0.5, ls=(0, (1, 2)))
        x, y = (shares, places) if upright else (places, shares)
        axes.plot(x, y, color=INK, lw=0.6, zorder=2)
        if not dots.all():
            axes.plot(x[dots], y[dots], ".", color=INK, ms=2.6, mew=0, zorder=3)
        ends = (-0.5, axis.size - 0.5)
        axes.set(xlim=(0, 1), ylim=ends) if upright else axes.set(xlim=ends, ylim=(0, 1))
        (axes.set_xticks if upright else axes.set_yticks)([0, 0.5, 1], labels=["0", "0.5", "1"])
        (axes.yaxis if upright else axes.xaxis).set_major_locator(layer_ticks())
        own = self.next_letter() if letter is None else letter
        self.add_rows(line_rows(own, title, "first_component_share", axis.layers, shares))
        if letter is None:
            draw_title(axes, own)
        return axes

    def colour_bar(self, left: float, top: float, height: float, label: str = "") -> None:
        """Colour bar for the heat maps drawn since the last one, which end at ``left`` (inches)."""
        values = np.concatenate([values.ravel() for values in self._maps])
        self._maps.clear()
        below_zero, no_value = bool((values < 0).any()), bool(np.isnan(values).any())
        left += BAR_GAP
        if no_value:
            height -= NO_VALUE_ROOM
            box = Box(left, top + height + NO_VALUE_ROOM - BAR_WIDTH, BAR_WIDTH, BAR_WIDTH)
            draw_no_value(box.axes(self.sheet))
        bar = Box(left, top, BAR_WIDTH, height).axes(self.sheet)
        draw_colour_bar(bar, label, below_zero=below_zero)

    def notes(self, *lines: str) -> None:
        """Notes at the bottom of the sheet; the last says at which scale the figure was made."""
        if self.layout.scale_note:
            lines += (scale_text(list(self._shown)),)
        self.sheet.footer(*lines)
