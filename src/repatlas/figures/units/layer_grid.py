"""Places of panels with one layer each."""

from repatlas.figures.grid import PanelGrid
from repatlas.figures.marks import HEADER
from repatlas.figures.sheet import Columns

FEW = 6
"""Layers up to which three panels stand side by side; of more, four."""


def layer_grid(count: int, margins: Columns, height: float, below: float) -> PanelGrid:
    """Places of so many panels, in lines of three or four, with headers above them.

    Parameters
    ----------
    margins
        Room beside and between panels.
    height, below
        Inches of a panel and below it.
    """
    most = 3 if count <= FEW else 4
    return PanelGrid.even(count, most, margins, height=height, header=HEADER, below=below)
