"""The legend of a whole figure, below its panels."""

import math
from collections.abc import Sequence

from matplotlib.artist import Artist

from repatlas.figures.sheet import FOOTER_EDGE, Sheet
from repatlas.figures.style import PAGE_WIDTH, SMALL

LINE = 0.155
"""Inches that a line of it takes."""
BELOW = 0.06
"""Inches below it."""
GLYPH, HANDLE = 0.56, 32.0
"""Mean width of a letter as a part of its size, and points of a handle with the room beside it."""


def legend_height(handles: Sequence[Artist]) -> float:
    """Inches that the legend takes."""
    return math.ceil(len(handles) / _columns(handles)) * LINE + BELOW


def draw_legend(
    sheet: Sheet, top: float, handles: Sequence[Artist], left: float = FOOTER_EDGE
) -> None:
    """Legend whose top left corner lies at a place in inches; in one line if it fits."""
    sheet.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(left / sheet.width, 1 - top / sheet.height),
        ncols=_columns(handles),
        borderaxespad=0,
        borderpad=0.3,
        handletextpad=0.5,
        columnspacing=1.4,
    )


def _columns(handles: Sequence[Artist]) -> int:
    widths = [len(str(handle.get_label())) * GLYPH * SMALL + HANDLE for handle in handles]
    room = (PAGE_WIDTH - 2 * FOOTER_EDGE) * 72
    if sum(widths) <= room:
        return len(handles)
    return max(int(room / max(widths)), 1)
