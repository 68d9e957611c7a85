"""What becomes of the fit where one term of the equations is changed."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.findings import Fits
from repatlas.errors import InputError
from repatlas.figures.dots import spread
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.page import set_logarithmic
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, INK, NO_VALUE, SMALL, VERMILLION, styled
from repatlas.figures.universality.page import HEADER, Page, Panel, title_of

Floats = NDArray[np.floating]

TRUE = "true"
CHANGES = {
    TRUE: "none",
    "alt1": "dy/dt\ndoubled",
    "alt2": "dh/dt\ndoubled",
    "alt3": "sign in\ndw/dt",
    "alt4": "term of\ndy/dt",
}
"""What the paper's alternatives change."""
LEFT, WIDTH, GAP, TABLE_WIDTH = 0.5, 2.6, 1.15, 2.45
TICKS, LINE = 0.34, 0.2
"""Inches below panels, and of a line of the table."""
LEAST_HEIGHT = 1.6
NOTE = (
    "Fitted anew with each change, from the same starts. Error: root mean square of the three "
    "curves, each over its range. a: a dot a replica of every network, bar: median. b: median over "
    "replicas of the error over that of the unchanged equations. Sign in dw/dt: of the part that "
    "stems from the change of h. Term of dy/dt: the part that stems from it is left out."
)


@styled
def draw_altered(
    fits: Mapping[str, Fits], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """Two panels: errors by what is changed, and their ratio to the true ones by network.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``error`` and ``error_ratio``,
        x counts the changes from 0.

    Raises
    ------
    InputError
        The files differ in their changes, or lack the equations without one.
    """
    names = _variants(fits)
    height = max(LEAST_HEIGHT, LINE * len(fits))
    page = Page(Sheet.of_height(HEADER + height + TICKS + footer_height(1)))
    errors = page.add(Box(LEFT, HEADER, WIDTH, height), "error of fit")
    ratios = page.add(
        Box(LEFT + WIDTH + GAP, HEADER, TABLE_WIDTH, height), "error / error without change"
    )
    _draw_errors(errors, fits, names, layout.titles)
    _draw_ratios(ratios, fits, names, layout.titles)
    page.sheet.footer(NOTE)
    return page.sheet.figure, page.table()


def _variants(fits: Mapping[str, Fits]) -> list[str]:
    known = {tuple(one.variant.tolist()) for one in fits.values()}
    if len(known) != 1 or TRUE not in next(iter(known)):
        raise InputError(
            "--fits: files must have the same changes of the equations, and the fit without one"
        )
    return list(next(iter(known)))


def _draw_errors(
    panel: Panel, fits: Mapping[str, Fits], names: list[str], titles: dict[str, str]
) -> None:
    every = np.concatenate([one.variant_error for one in fits.values()])
    for place, name in enumerate(names):
        values = every[:, place]
        values = values[np.isfinite(values)]
        colour = BLUE if name == TRUE else VERMILLION
        panel.axes.plot(
            place + spread(values, 0.5), values, "o", color=colour, ms=2.4, mew=0, alpha=0.7
        )
        if len(values):
            middle = np.median(values)
            panel.axes.plot([place - 0.33, place + 0.33], [middle, middle], color=INK, lw=1.1)
    for name, one in fits.items():
        panel.write("error", title_of(name, titles), np.arange(len(names)), one.variant_error)
    panel.axes.set_ylabel("error")
    set_logarithmic(panel.axes)
    panel.axes.set_xticks(range(len(names)), [CHANGES.get(name, name) for name in names])
    panel.axes.tick_params(axis="x", length=0, labelsize=SMALL - 0.5)


def _draw_ratios(
    panel: Panel, fits: Mapping[str, Fits], names: list[str], titles: dict[str, str]
) -> None:
    changed = [place for place, name in enumerate(names) if name != TRUE]
    true = names.index(TRUE)
    rows = np.array([_ratio(one.variant_error, true)[changed] for one in fits.values()])
    largest = max(float(np.nanmax(rows, initial=1.0)), 10.0)
    cmap = mpl.colormaps["magma"].with_extremes(bad=NO_VALUE)
    panel.axes.imshow(
        np.ma.masked_invalid(rows), cmap=cmap, norm=LogNorm(1, largest, clip=True), aspect="auto",
        origin="upper", interpolation="nearest",
    )  # fmt: skip
    for (row, column), value in np.ndenumerate(rows):
        told = "?" if not np.isfinite(value) else f"{value:.2g}"
        bright = np.isfinite(value) and np.log(value) > 0.6 * np.log(largest)
        colour = INK if bright or told == "?" else "white"
        panel.axes.text(column, row, told, ha="center", va="center", color=colour, fontsize=SMALL)
    panel.axes.set_yticks(range(len(fits)), [title_of(name, titles) for name in fits])
    labels = [CHANGES.get(names[place], names[place]) for place in changed]
    panel.axes.set_xticks(range(len(changed)), labels)
    panel.axes.tick_params(length=0, labelcolor=FAINT)
    panel.axes.tick_params(axis="x", labelsize=SMALL - 0.5, labelcolor=INK)
    panel.axes.spines[:].set_visible(False)
    for name, row in zip(fits, rows, strict=True):
        panel.write("error_ratio", title_of(name, titles), changed, row)


def _ratio(errors: Floats, true: int) -> Floats:
    """(v,) medians over replicas of the error over that of the true equations."""
    known = np.isfinite(errors).all(axis=1)
    if not known.any():
        return np.full(errors.shape[1], np.nan)
    middle: Floats = np.median(errors[known] / errors[known][:, [true]], axis=0)
    return middle
