"""What networks keep of a feature that a context makes useless, from small and large starts."""

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.results import Embedding
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.marks import draw_row_title
from repatlas.figures.page import few_ticks
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, NORMAL, ORANGE, SMALL, styled
from repatlas.figures.universality.context_geometry import (
    components,
    kept_share,
    orthogonality,
)
from repatlas.figures.universality.page import HEADER, Page, title_of

PLANES = ((0, 1), (0, 2))
COLUMNS = Columns(6, 0.72, 0.13, 0.1 + 0.5)
BETWEEN = 0.5
"""Inches more between the planes than between panels of one."""
HEAD, BELOW = 0.2, 0.46
"""Inches above all rows for what the planes are, and below each for its axes and notes."""
TICKS = 3
"""Steps between the ticks of an axis at most."""
DOT: dict[str, Any] = {"s": 3.0, "lw": 0}
NOTE = (
    "Points: inputs, by the first principal components of the compared hidden layer (the authors "
    "scale distances to three dimensions, which comes to the same where three hold all), in units "
    "of activation; panels of a row have one scale. Colours: context blue or orange; features from "
    "low (dark) to high (light). Kept: "
    "share of the useless feature in the variance that both features explain within a context; 0.5 "
    "if both count alike. Axes: |cosine| between the directions of the useful features of both "
    "contexts; 0 if orthogonal."
)


@dataclass(frozen=True)
class _Colouring:
    """What colours a panel."""

    title: str
    field: str
    colours: Any


COLOURINGS = (
    _Colouring("by context", "context", ListedColormap([BLUE, ORANGE])),
    _Colouring("by feature 1", "first", mpl.colormaps["viridis"]),
    _Colouring("by feature 2", "second", mpl.colormaps["viridis"]),
)


@styled
def draw_context(embedding: Embedding, layout: UniversalityLayout) -> tuple[Figure, pd.DataFrame]:
    """One row a setting, with the replica of least loss: two planes in three colourings each.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``component 1`` to ``component
        3`` of every input (x: its number), and of all replicas ``kept``, ``|cosine| of axes`` and
        ``variance of three components``.
    """
    settings = list(dict.fromkeys(embedding.setting.tolist()))
    pitch = HEADER + COLUMNS.width + BELOW
    page = Page(Sheet.of_height(HEAD + pitch * len(settings) + footer_height(1)))
    for place, plane in enumerate(PLANES):
        told = f"components {plane[0] + 1} and {plane[1] + 1} of the hidden layer"
        left = _edge(place * len(COLOURINGS))
        page.sheet.text(left, 0.06, told, fontsize=NORMAL, fontweight="bold")
    for line, setting in enumerate(settings):
        top = HEAD + line * pitch + HEADER
        title = title_of(setting, layout.titles)
        draw_row_title(page.sheet, COLUMNS.margin, top + COLUMNS.width / 2, title)
        _draw_row(page, top, embedding, setting)
    page.sheet.footer(NOTE)
    return page.sheet.figure, page.table()


def _edge(place: int) -> float:
    """Left edge of a panel; those of one plane stand closer."""
    return COLUMNS.edge(place) + BETWEEN * (place >= len(COLOURINGS))


def _draw_row(page: Page, top: float, embedding: Embedding, setting: str) -> None:
    rows = np.flatnonzero(embedding.setting == setting)
    loss = np.where(np.isfinite(embedding.loss[rows]), embedding.loss[rows], np.inf)
    shown = rows[int(np.argmin(loss))]
    points = components(embedding.hidden[shown])[0]
    reach = 1.08 * float(np.abs(points).max())
    for place in range(len(PLANES) * len(COLOURINGS)):
        plane, colouring = PLANES[place // 3], COLOURINGS[place % 3]
        box = Box(_edge(place), top, COLUMNS.width, COLUMNS.width)
        panel = page.add(box, colouring.title)
        values: NDArray[np.floating] = getattr(embedding, colouring.field)
        x, y = points[:, plane].T
        panel.axes.scatter(x, y, c=values, cmap=colouring.colours, **DOT)
        panel.axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
        few_ticks(panel.axes, TICKS)
        panel.axes.set_xlabel(f"component {plane[0] + 1}", fontsize=SMALL)
        if place % 3:
            panel.axes.tick_params(axis="y", labelleft=False)
        else:
            panel.axes.set_ylabel(f"component {plane[1] + 1}", fontsize=SMALL, labelpad=1)
            for number in plane if place == 0 else plane[1:]:
                count = np.arange(len(points))
                panel.write(f"component {number + 1}", setting, count, points[:, number])
    told = _numbers(embedding, rows)
    for name, found in told.items():
        panel.write(name, setting, embedding.seed[rows], found)
    texts = [f"{name} {_spread(found)}" for name, found in told.items()]
    text = f"loss {embedding.loss[shown]:.1g} · {' · '.join(texts)}"
    below = top + COLUMNS.width + 0.32
    page.sheet.text(COLUMNS.edge(0), below, text, fontsize=NORMAL - 0.5, color=FAINT)


def _numbers(embedding: Embedding, rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
    """Numbers of every replica of a setting."""
    features = embedding.context, embedding.first, embedding.second
    hidden = [embedding.hidden[row] for row in rows]
    return {
        "kept": np.array([kept_share(one, *features) for one in hidden]),
        "|cosine| of axes": np.array([orthogonality(one, *features) for one in hidden]),
        "variance of three components": np.array([components(one)[1][:3].sum() for one in hidden]),
    }


def _spread(values: NDArray[np.float64]) -> str:
    low, high = f"{values.min():.2f}", f"{values.max():.2f}"
    return low if low == high else f"{low} to {high}"
