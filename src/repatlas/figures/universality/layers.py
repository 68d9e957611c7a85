"""How well the theory fits each hidden layer, and with which rates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from repatlas.dynamics.findings import Fits
from repatlas.errors import InputError
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.page import KEY, line_handle, set_logarithmic
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import LINES, styled
from repatlas.figures.universality.page import HEADER, Page, Panel, title_of

COLUMNS = Columns(3, 0.5, 0.55, 0.12)
HEIGHT, TICKS = 1.6, 0.36
"""Inches of a panel, and of its axis."""
NOTE = (
    "Lines: median over replicas, which are pale. Rings: the course does not tell this rate. "
    "Upright: the layer that other figures show. Error: root mean square of the three curves, each "
    "over its range. The paper's own loss grows with the scale of curves; the table has it as well."
)


@dataclass(frozen=True)
class _Quantity:
    """A panel: title, label, and what the table calls its numbers."""

    title: str
    label: str
    name: str


QUANTITIES = (
    _Quantity("error of fit", "error", "error"),
    _Quantity("encoder", "$\\eta_h$, rate a step", "hidden_rate"),
    _Quantity("decoder", "$\\eta_y$, rate a step", "output_rate"),
)


@styled
def draw_layers(
    fits: Mapping[str, Fits], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """Three panels: error of fit, rate of encoder, rate of decoder, against the hidden layer.

    Files that were fitted at the compared layer only are left out.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``error``, ``paper_error``,
        ``hidden_rate`` and ``output_rate``, one row a replica and layer.

    Raises
    ------
    InputError
        No file holds fits of several layers.
    """
    whole = {name: one for name, one in fits.items() if has_all_layers(one)}
    if not whole:
        raise InputError("--fits: no file holds fits of all layers: fit one with --layers all")
    bottom = HEADER + HEIGHT + TICKS
    page = Page(Sheet.of_height(bottom + KEY + footer_height(1)))
    colours = dict(zip(whole, LINES * len(whole), strict=False))
    for place, quantity in enumerate(QUANTITIES):
        box = Box(COLUMNS.edge(place), HEADER, COLUMNS.width, HEIGHT)
        panel = page.add(box, quantity.title)
        for name, one in whole.items():
            _draw(panel, quantity, title_of(name, layout.titles), one, colours[name])
        panel.axes.set(xlabel="hidden layer", ylabel=quantity.label)
        set_logarithmic(panel.axes)
        panel.axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    handles = [
        line_handle(title_of(name, layout.titles), color=colours[name], marker="o", ms=3, mew=0)
        for name in whole
    ]
    page.key(bottom, "networks:", handles)
    page.sheet.footer(NOTE)
    return page.sheet.figure, page.table()


def has_all_layers(fits: Fits) -> bool:
    """Whether more than the compared layer was fitted."""
    return int(np.isfinite(fits.error).any(axis=0).sum()) > 1


def _draw(panel: Panel, quantity: _Quantity, title: str, fits: Fits, colour: str) -> None:
    values: NDArray[np.floating] = getattr(fits, quantity.name)
    layers = np.arange(values.shape[1])
    pale: dict[str, Any] = {"color": colour, "lw": 0.5, "alpha": 0.35}
    for replica, row in enumerate(values):
        panel.line(quantity.name, f"{title}, replica {replica}", layers, row, **pale)
    if quantity.name == "error":
        for replica, row in enumerate(fits.paper_error):
            panel.write("paper_error", f"{title}, replica {replica}", layers, row)
    known = np.isfinite(values).any(axis=0)
    middle = np.nanmedian(values[:, known], axis=0)
    panel.axes.plot(layers[known], middle, color=colour, lw=1.0, marker="o", ms=2.8, mew=0)
    untold = (~fits.identifiable & np.isfinite(values)).mean(axis=0)[known] > 0.5
    if quantity.name != "error" and untold.any():
        ring: dict[str, Any] = {"ls": "", "marker": "o", "ms": 6, "mfc": "none", "mew": 0.7}
        panel.axes.plot(layers[known][untold], middle[untold], color=colour, **ring)
    panel.axes.axvline(fits.layer, color=colour, lw=0.5, ls=(0, (2, 2)), zorder=0)
