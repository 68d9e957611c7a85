"""Responses to solid colours beside the dominant image (paper A, Fig 6).

Beyond the paper: projections on the first component, and predictions.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from repatlas.experiments.results import Synthetic
from repatlas.figures.block_structure.responses import Responses, of_kind, responses
from repatlas.figures.depth import STAGES_NOTE, set_depth
from repatlas.figures.images import draw_picture, draw_strip
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import cell_titles
from repatlas.figures.layouts.synthetic import SyntheticLayout
from repatlas.figures.marks import HEADER, draw_title
from repatlas.figures.panels import Box, Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, INK, RULE, SMALL, styled
from repatlas.figures.tables import line_rows

LEFT, RIGHT, GAP, LARGEST = 0.5, 0.15, 0.5, 3.2
NORMS, BELOW, STRIP_ROOM, TITLE, BAR = 1.7, 0.42, 0.14, 0.3, 0.155
"""Inches: norms, room below them and below the images, a title, and a bar of the last row."""
SWATCH = 0.13
NAMES, CLASSES = 0.72, 0.96
"""Inches for the names of images and for predictions, beside their bars."""
INDENT = 0.1
LONGEST = 9
"""Letters of a class name that are shown."""
DOTTED = (0, (1, 1.2))

Colour = tuple[float, float, float]


@styled
def draw_synthetic(
    records: Records[Synthetic], layout: SyntheticLayout
) -> tuple[Figure, pd.DataFrame]:
    """One column a network: dominant images, norms by block output, projections and predictions.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample`` (what is shown: an id or a
        name). Quantities are ``rank`` (of the dominant images), ``norm`` (x: layer),
        ``median_norm``, ``relative_projection`` and ``probability`` (x: reference layer; of the
        predicted class, which ``sample`` names after a colon), ``train_accuracy`` and
        ``test_accuracy``.

    Raises
    ------
    InputError
        A network is absent, or has no dominant image.
    """
    networks = [records.network(cell) for cell in layout.cells]
    names = cell_titles(networks, layout.cells)
    found = [records.find(cell) for cell in layout.cells]
    answers = [responses(one, network) for one, network in zip(found, networks, strict=True)]
    columns = Columns(len(networks), LEFT, GAP, RIGHT, LARGEST)
    strip = columns.width / layout.images
    strip_top = HEADER + NORMS + BELOW + TITLE
    bars_top = strip_top + strip + STRIP_ROOM + TITLE
    most = max(len(answer.rows) for answer in answers) * BAR
    height = bars_top + most + 0.42 + footer_height(2 + layout.scale_note)
    panels = Panels(Sheet.of_height(height), Similarities(), layout)
    upper = []
    for number, (network, name, record) in enumerate(zip(networks, names, found, strict=True)):
        box = Box(columns.edge(number), HEADER, columns.width, NORMS)
        upper.append(_draw_norms(panels, box, network, name, record, answers[number]))
    _share_scale(upper)
    for number, (name, record) in enumerate(zip(names, found, strict=True)):
        box = Box(columns.edge(number), strip_top, columns.width, strip)
        _draw_images(panels, box, name, record, layout.images)
    for number, (name, record) in enumerate(zip(names, found, strict=True)):
        room = columns.width + columns.edge(0) - columns.margin - INDENT
        left = columns.edge(number) + columns.width - room
        box = Box(left, bars_top, room, len(answers[number].rows) * BAR)
        _draw_answers(panels, box, name, record, answers[number])
    panels.notes(*(NOTE + STAGES_NOTE).split("\n"))
    return panels.sheet.figure, panels.table()


NOTE = (
    "Thick: solid colour of the first dominant image's top-left pixel. Dashed: that image. Thin: "
    "other solid colours, in their own. Dotted: median image.\nGrey line: layer of the lower rows. "
)


def _draw_images(panels: Panels, box: Box, name: str, record: Synthetic, count: int) -> None:
    rows = of_kind(record, "dominant")[:count]
    axes, letter = box.axes(panels.sheet), panels.next_letter()
    pictures = [record.images[row].transpose(1, 2, 0) for row in rows]
    draw_strip(axes, pictures, [False] * len(rows), count)
    draw_title(axes, letter, f"dominant images, layer {record.reference}", points=3)
    layers, ranks = np.full(len(rows), record.reference), np.arange(1.0, len(rows) + 1)
    drawn = line_rows(letter, name, "rank", layers, ranks)
    panels.add_rows(drawn.assign(sample=[record.labels[row] for row in rows]))


def _draw_norms(
    panels: Panels, box: Box, network: Network, name: str, record: Synthetic, answer: Responses
) -> Axes:
    axes, letter = box.axes(panels.sheet), panels.next_letter()
    layers = np.flatnonzero(network.block_outputs)
    axes.axvline(record.reference, color=RULE, lw=0.5, zorder=0)
    axes.plot(layers, record.median_norms, color=FAINT, ls=DOTTED, lw=1.2, zorder=3)
    drawn = line_rows(letter, name, "median_norm", layers, record.median_norms)
    panels.add_rows(drawn)
    for place, (row, told) in enumerate(zip(answer.rows, answer.names, strict=True)):
        values = record.norms[row]
        width = (1.1, 2.6)[place] if place < 2 else 0.9
        dashes = (0, (3, 1)) if place == 0 else "-"
        (line,) = axes.plot(
            layers, values, color=_ink(record, row), lw=width, ls=dashes, zorder=5 - min(place, 2)
        )
        # A white or pale line would be lost on white, a dark one on the thick one below it.
        outline = Stroke(linewidth=width + 0.7, foreground=INK if place else "white")
        line.set_path_effects([outline, Normal()])
        drawn = line_rows(letter, name, "norm", layers, values)
        panels.add_rows(drawn.assign(sample=told))
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    set_depth(axes, network)
    axes.set(xlabel="layer (block outputs)", ylabel="activation norm")
    panels.header(axes, letter, name, network)
    return axes


def _ink(record: Synthetic, row: int) -> Colour | str:
    """Its own colour for a solid one, black for a real image."""
    red, green, blue = record.colors[row].tolist()
    return INK if np.isnan(red) else (red, green, blue)


def _share_scale(axes_of: list[Axes]) -> None:
    low = min(axes.get_ylim()[0] for axes in axes_of)
    high = max(axes.get_ylim()[1] for axes in axes_of)
    for axes in axes_of:
        axes.set_ylim(low, high)
    for axes in axes_of[1:]:
        axes.set_ylabel("")


def _draw_answers(
    panels: Panels, box: Box, name: str, record: Synthetic, answer: Responses
) -> None:
    """Bars of projections, with a swatch and a name before and the prediction behind each."""
    count = len(answer.rows)
    beside = Box(box.left + NAMES, box.top, box.width - NAMES - CLASSES, box.height)
    axes, letter = beside.axes(panels.sheet), panels.next_letter()
    places = np.arange(count)[::-1]
    axes.barh(places, answer.projections, height=0.55, color=FAINT, lw=0)
    axes.axvline(0, color=INK, lw=0.5)
    axes.axvline(1, color=RULE, lw=0.5, zorder=0)
    axes.set(ylim=(-0.5, count - 0.5), yticks=[], xlabel="projection (image = 1)")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3))
    axes.spines["left"].set_visible(False)
    draw_title(axes, letter, "first component", points=3)
    swatches = Box(box.left, box.top, SWATCH, box.height).axes(panels.sheet)
    swatches.set_axis_off()
    for place, row, told, best, probability in zip(
        places, answer.rows, answer.names, answer.classes, answer.probabilities, strict=True
    ):
        picture = record.images[row].transpose(1, 2, 0)
        draw_picture(swatches, picture, (0.0, place - 0.4, 1.0, 0.8))
        swatches.add_patch(Rectangle((0, place - 0.4), 1, 0.8, fill=False, ec=RULE, lw=0.4))
        options: dict[str, Any] = {"va": "center", "fontsize": SMALL, "clip_on": False}
        swatches.text(1.5, place, told, **options)
        text = f"{_shortened(best)} {100 * probability:.0f} %"
        axes.text(1.04, place, text, transform=axes.get_yaxis_transform(), **options)
    swatches.set(xlim=(0, 1), ylim=(-0.5, count - 0.5))
    _add_answers(panels, letter, name, record, answer)


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _add_answers(
    panels: Panels, letter: str, name: str, record: Synthetic, answer: Responses
) -> None:
    layers: NDArray[np.intp] = np.full(len(answer.rows), record.reference)
    drawn = line_rows(letter, name, "relative_projection", layers, answer.projections)
    panels.add_rows(drawn.assign(sample=answer.names))
    told = [f"{one}: {best}" for one, best in zip(answer.names, answer.classes, strict=True)]
    drawn = line_rows(letter, name, "probability", layers, answer.probabilities)
    panels.add_rows(drawn.assign(sample=told))
