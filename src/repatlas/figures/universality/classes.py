"""Distances between images of all classes, against those that the rich regime predicts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.class_means import class_means
from repatlas.dynamics.results import PairDistances
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.marks import draw_row_title
from repatlas.figures.page import KEY, line_handle
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, VERMILLION, styled
from repatlas.figures.universality.agreement import brief, correlation, draw_identity, number
from repatlas.figures.universality.distance_maps import draw_distances, largest_of
from repatlas.figures.universality.page import NOTED, Page, title_of

Floats = NDArray[np.float64]

COLUMNS = Columns(3, 0.55, 0.48, 0.15, 1.8)
TICKS = 0.34
"""Inches of the axis of a panel."""
NOTE = (
    "Squared distances ‖dh‖² in the compared hidden layer, means over replicas. Theory: ‖dx‖ ‖dy*‖ "
    "of each two images, as in the rich regime, times one factor, fitted to the networks. Maps are "
    "from 0, black, to what is told above them. Below: "
    "means over two images of each two classes, so that sizes of classes do not count. r other: "
    "between classes only, without pairs of one class, whose targets are the same."
)


@dataclass(frozen=True, eq=False)
class _Tables:
    """Squared distances (n, n) of all images."""

    start: Floats
    theory: Floats
    networks: Floats


@styled
def draw_classes(classes: PairDistances, layout: UniversalityLayout) -> tuple[Figure, pd.DataFrame]:
    """Images above, means of classes below: before training, in theory and in networks.

    Of several settings the first is drawn.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``distance`` (squared) and
        ``measured`` (x: predicted) of every two classes.
    """
    labels = classes.points[:, 0].astype(np.int64)
    images = _tables(classes)
    means = _Tables(*(class_means(table, labels) for table in _parts(images)))
    width, pitch = COLUMNS.width, NOTED + COLUMNS.width + TICKS
    page = Page(Sheet.of_height(2 * pitch + KEY + footer_height(1 + layout.scale_note)))
    left = COLUMNS.margin
    draw_row_title(page.sheet, left, NOTED + width / 2, "images")
    draw_row_title(page.sheet, left, pitch + NOTED + width / 2, "classes")
    # Before training distances may be a thousandth of those after it.
    own, scale = largest_of(images.start), largest_of(images.theory, images.networks)
    for place, (title, table, largest, note) in enumerate(
        (
            ("before training", images.start, own, ""),
            ("theory", images.theory, scale, ""),
            ("networks", images.networks, scale, f", {_images_note(images)}"),
        )
    ):
        box = Box(COLUMNS.edge(place), NOTED, width, width)
        panel = page.add(box, title, f"to {brief(largest)}{note}")
        draw_distances(panel, table, [], largest)
        middles = [float(np.flatnonzero(labels == one).mean()) for one in np.unique(labels)]
        names = [str(one) for one in np.unique(labels)]
        panel.axes.set_xticks(middles, names)
        panel.axes.set_yticks(middles, names)
    names = [str(one) for one in np.unique(labels)]
    scale = largest_of(means.theory, means.networks)
    for place, (title, table) in enumerate(
        (("theory", means.theory), ("networks", means.networks))
    ):
        box = Box(COLUMNS.edge(place), pitch + NOTED, width, width)
        draw_distances(page.add(box, title, f"to {brief(scale)}"), table, names, scale)
    _draw_scatter(page, Box(COLUMNS.edge(2), pitch + NOTED, width, width), means)
    handles = [
        line_handle(name, color=colour, ls="", marker="o", ms=3)
        for name, colour in (("same class", BLUE), ("other classes", VERMILLION))
    ]
    page.key(2 * pitch, "two images of:", handles)
    page.sheet.footer(NOTE, *([_told(classes, layout)] if layout.scale_note else []))
    return page.sheet.figure, page.table()


def _parts(tables: _Tables) -> tuple[Floats, Floats, Floats]:
    return tables.start, tables.theory, tables.networks


def _tables(classes: PairDistances) -> _Tables:
    """Means over replicas that did not diverge, with the theory at their scale."""
    final = classes.final_distance[0].astype(np.float64)
    known = np.isfinite(final).all(axis=(1, 2))
    networks = (final[known] ** 2).mean(axis=0) if known.any() else np.full(final.shape[1:], np.nan)
    start = (classes.start_distance[0].astype(np.float64) ** 2).mean(axis=0)
    rich = classes.input_distance.astype(np.float64) * classes.target_distance
    size = float((rich**2).sum())
    return _Tables(start, rich * float((rich * networks).sum()) / size if size else rich, networks)


def _images_note(images: _Tables) -> str:
    rows, columns = np.triu_indices(len(images.theory), k=1)
    theory, networks = images.theory[rows, columns], images.networks[rows, columns]
    return _correlations(theory, networks, theory > 0)


def _correlations(theory: Floats, networks: Floats, other: NDArray[np.bool_]) -> str:
    """Correlation of all pairs and of those with other targets."""
    every = number(correlation(theory, networks))
    return f"r = {every}, r other = {number(correlation(theory[other], networks[other]))}"


def _draw_scatter(page: Page, box: Box, means: _Tables) -> None:
    rows, columns = np.triu_indices(len(means.theory))
    theory, networks = means.theory[rows, columns], means.networks[rows, columns]
    other = rows != columns
    panel = page.add(box, "means of classes", _correlations(theory, networks, other))
    draw_identity(panel.axes, theory, networks)
    for chosen, colour, series in ((~other, BLUE, "same"), (other, VERMILLION, "other")):
        dot: dict[str, Any] = {"color": colour, "ls": "", "marker": "o", "ms": 2.6, "mew": 0}
        panel.line("measured", series, theory[chosen], networks[chosen], **dot)
    panel.axes.set_xlabel("‖dh‖², theory")
    panel.axes.set_ylabel("‖dh‖², networks", labelpad=1)


def _told(classes: PairDistances, layout: UniversalityLayout) -> str:
    name = title_of(str(classes.setting[0]), layout.titles)
    return f"{len(classes.points)} images of {name}, {len(classes.seed)} replicas."
