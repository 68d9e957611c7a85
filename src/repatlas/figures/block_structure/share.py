"""CKA within a network above the share of its first components (paper A, Fig 2a)."""

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.inputs import Similarities
from repatlas.figures.labels import cell_titles, measure_label
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.spec import ShareLayout
from repatlas.figures.style import styled

LEFT, GAP, BETWEEN, LARGEST, CURVE = 0.5, 0.48, 0.3, 2.6, 0.85


@styled
def draw_share(similarities: Similarities, layout: ShareLayout) -> tuple[Figure, pd.DataFrame]:
    """Heat map of each network, and below it the share of the first component of each layer.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are the measure of CKA,
        ``first_component_share``, ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        The files do not hold a network of the layout, or it has no layer of the set.
    """
    networks = similarities.find_all(layout.cells)
    names = cell_titles(networks, layout.cells)
    columns = Columns(len(networks), LEFT, GAP, BAR_ROOM, LARGEST)
    side = columns.width
    curve_top = HEADER + side + BETWEEN
    bottom = curve_top + CURVE + 0.36
    sheet = Sheet.of_height(bottom + KEY_HEIGHT + footer_height(int(layout.scale_note)))
    panels = Panels(sheet, similarities, layout, layout.layers)
    for column, (network, name) in enumerate(zip(networks, names, strict=True)):
        left = columns.edge(column)
        upper = panels.heat_map(Box(left, HEADER, side, side), name, network)
        lower = panels.share_curve(Box(left, curve_top, side, CURVE), name, network)
        lower.sharex(upper)
        upper.tick_params(labelbottom=False)
        lower.set_xlabel(panels.axis_label)
        if column == 0:
            upper.set_ylabel(panels.axis_label)
            lower.set_ylabel("share of first\ncomponent")
    panels.colour_bar(columns.end, HEADER, side, measure_label(layout.measure))
    draw_key(sheet, bottom)
    panels.notes()
    return sheet.figure, panels.table()
