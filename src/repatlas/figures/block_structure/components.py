"""What the first component explains of CKA (paper A, Fig C.1)."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.inputs import COSINE, WITHOUT_COMPONENT, Network, Similarities
from repatlas.figures.labels import cell_titles
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key, draw_row_title
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.spec import ComponentsLayout
from repatlas.figures.style import styled

LEFT, GAP, BETWEEN, LARGEST, CURVE = 0.8, 0.36, 0.4, 1.6, 0.7

ROWS = (
    "linear CKA",
    "share of first\ncomponent",
    "squared cosine of\nfirst components",
    "CKA without\nfirst component",
)


@styled
def draw_components(
    similarities: Similarities, layout: ComponentsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One column a network: CKA, share, squared cosine, CKA without the first component.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are the measure of CKA,
        ``first_component_share``, ``component_cosine`` (squared), ``cka_without_component``,
        ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        The files do not hold a network or a measure, or the network has no layer of the set.
    """
    networks = similarities.find_all(layout.cells)
    columns = Columns(len(networks), LEFT, GAP, BAR_ROOM, LARGEST)
    side = columns.width
    tops = _tops(side)
    bottom = tops[-1] + side + 0.36
    sheet = Sheet.of_height(bottom + KEY_HEIGHT + footer_height(int(layout.scale_note)))
    panels = Panels(sheet, similarities, layout, layout.layers)
    names = cell_titles(networks, layout.cells)
    for row, top in enumerate(tops):
        height = CURVE if row == 1 else side
        draw_row_title(sheet, columns.margin, top + height / 2, ROWS[row])
        for column, (network, name) in enumerate(zip(networks, names, strict=True)):
            box = Box(columns.edge(column), top, side, height)
            axes = _draw_panel(panels, row, box, name, network)
            if column == 0:
                axes.set_ylabel("share" if row == 1 else panels.axis_label)
            if row == len(tops) - 1:
                axes.set_xlabel(panels.axis_label)
        if row != 1:
            panels.colour_bar(columns.end, top, side)
    draw_key(sheet, bottom)
    panels.notes()
    return sheet.figure, panels.table()


def _tops(side: float) -> list[float]:
    second = HEADER + side + BETWEEN
    third = second + CURVE + BETWEEN
    return [HEADER, second, third, third + side + BETWEEN]


def _draw_panel(panels: Panels, row: int, box: Box, name: str, network: Network) -> Axes:
    if row == 1:
        return panels.share_curve(box, name, network)
    measure = (None, None, COSINE, WITHOUT_COMPONENT)[row]
    return panels.heat_map(box, name, network, measure=measure, header=row == 0)
