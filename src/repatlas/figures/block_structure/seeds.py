"""CKA within each of two seeds and between them (paper A, Fig 2b)."""

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import measure_label, titles
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key, draw_row_title
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.spec import SeedsLayout
from repatlas.figures.style import styled

COLUMNS = Columns(count=3, left=0.66, gap=0.5, right=BAR_ROOM)
SIDE, TICKS = COLUMNS.width, 0.32


@styled
def draw_seeds(similarities: Similarities, layout: SeedsLayout) -> tuple[Figure, pd.DataFrame]:
    """Three heat maps a row: within the first network, within the second, between the two.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are the measure of CKA,
        ``train_accuracy`` and ``test_accuracy`` (of both networks beside the last panel, the one
        on the horizontal axis first).

    Raises
    ------
    InputError
        The files do not hold a network of the layout, or do not compare the two of a row.
    """
    pitch = HEADER + SIDE + TICKS
    bottom = len(layout.rows) * pitch + 0.04
    sheet = Sheet.of_height(bottom + KEY_HEIGHT + footer_height(int(layout.scale_note)))
    panels = Panels(sheet, similarities, layout)
    pairs = [similarities.find_all([row.first, row.second]) for row in layout.rows]
    names = titles([first for first, _ in pairs])
    for number, ((first, second), name) in enumerate(zip(pairs, names, strict=True)):
        top = number * pitch + HEADER
        draw_row_title(sheet, COLUMNS.margin, top + SIDE / 2, name)
        _draw_row(panels, top, first, second)
    panels.colour_bar(
        COLUMNS.end, HEADER, bottom - 0.04 - TICKS - HEADER, measure_label(layout.measure)
    )
    draw_key(sheet, bottom)
    panels.notes()
    return sheet.figure, panels.table()


def _draw_row(panels: Panels, top: float, first: Network, second: Network) -> None:
    places = [Box(COLUMNS.edge(column), top, SIDE, SIDE) for column in range(3)]
    one, other = _told_apart(first, second)
    within_first = panels.heat_map(places[0], f"within {one}", first)
    within_second = panels.heat_map(places[1], f"within {other}", second)
    between = panels.heat_map(places[2], f"{one} against {other}", first, second)
    within_first.set(xlabel=f"layer, {one}", ylabel=f"layer, {one}")
    within_second.set(xlabel=f"layer, {other}", ylabel=f"layer, {other}")
    between.set(xlabel=f"layer, {one}", ylabel=f"layer, {other}")


def _told_apart(first: Network, second: Network) -> tuple[str, str]:
    """Names of two networks by what differs: their seeds, else their data orders."""
    if first.run.seed != second.run.seed:
        return f"seed {first.run.seed}", f"seed {second.run.seed}"
    if first.run.order != second.run.order:
        return f"order {first.run.order}", f"order {second.run.order}"
    return first.run.label, second.run.label
