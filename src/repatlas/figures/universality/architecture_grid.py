"""One panel a followed network, with a key and notes below: the frame of several figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from repatlas.figures.grid import PanelGrid
from repatlas.figures.page import KEY
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.universality.page import NOTED, REMARKED, Page, Panel

MARGINS = Columns(1, 0.45, 0.38, 0.2, 2.6)
"""Room beside and between panels in inches, and the largest width of one."""
HEIGHT, BELOW = 1.2, 0.2
"""Inches of a panel, and of its ticks."""
LOW_HEIGHT, MANY_LINES = 1.05, 5
"""Inches of a panel where there are so many lines of them; 20 networks then fit a printed page."""
LABEL, LABELLED_GAP = 0.16, 0.55
"""Inches of a label below panels, and between panels that have labels of their own."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What stands around the panels.

    Attributes
    ----------
    x, y
        Labels of the axes.
    key
        What the key is about, and its entries.
    notes
        Lines below it all.
    columns
        Panels side by side at most.
    """

    x: str
    y: str
    key: tuple[str, Sequence[Line2D]]
    notes: Sequence[str]
    columns: int


@dataclass(frozen=True, eq=False)
class Draft:
    """A panel to be drawn.

    Attributes
    ----------
    title, note
        Title, and numbers in the line below it.
    labels
        Of its own axes, where they are not those of the other panels.
    remark, warning
        How it is drawn, and what is wrong with what it shows; in a line of their own.
    """

    title: str
    note: str
    draw: Callable[[Panel], None]
    labels: tuple[str, str] | None = None
    remark: str = ""
    warning: str = ""


def draw_grid(drafts: Sequence[Draft], frame: Frame) -> tuple[Figure, pd.DataFrame]:
    """Draw panels in lines of a few, each network in its own.

    Labels of axes stand at the left and below the lowest panels only.
    """
    own = any(draft.labels for draft in drafts)
    remarked = [bool(draft.remark or draft.warning) for draft in drafts]
    margins = replace(MARGINS, gap=LABELLED_GAP) if own else MARGINS
    grid = PanelGrid.even(
        len(drafts),
        frame.columns,
        margins,
        height=LOW_HEIGHT if len(drafts) > (MANY_LINES - 1) * frame.columns else HEIGHT,
        header=REMARKED if any(remarked) else NOTED,
        below=BELOW + LABEL * own,
    )
    columns = grid.columns.count
    bottom = grid.bottom + LABEL * (not own)
    page = Page(Sheet.of_height(bottom + KEY + footer_height(len(frame.notes))))
    for number, draft in enumerate(drafts):
        box = grid.box(number)
        # Titles of a line stand at one height.
        beside = slice(*(columns * (number // columns + more) for more in (0, 1)))
        remark = draft.remark if any(remarked[beside]) else None
        panel = page.add(box, draft.title, draft.note, remark=remark, warning=draft.warning)
        draft.draw(panel)
        x, y = draft.labels or (frame.x, frame.y)
        if draft.labels or grid.is_first_of_line(number):
            panel.axes.set_ylabel(y)
        if draft.labels or grid.is_lowest(number):
            panel.axes.set_xlabel(x)
    page.key(bottom, *frame.key)
    page.sheet.footer(*frame.notes)
    return page.sheet.figure, page.table()
