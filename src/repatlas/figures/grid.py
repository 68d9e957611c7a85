"""Panels of equal size in lines of a few, for figures with one panel a network."""

import math
from dataclasses import dataclass, replace

from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns


@dataclass(frozen=True)
class PanelGrid:
    """Places of panels, filled line by line, in inches.

    Attributes
    ----------
    count
        Number of panels.
    columns
        Columns of a line.
    height
        Of a panel.
    header, below
        Room above a panel and below it.
    """

    count: int
    columns: Columns
    height: float
    header: float
    below: float

    @classmethod
    def even(cls, count: int, most: int, margins: Columns, **heights: float) -> "PanelGrid":
        """A grid of as few lines as ``most`` columns allow, all of nearly the same length.

        Parameters
        ----------
        margins
            Columns of any number, for the room beside and between them.
        heights
            ``height``, ``header`` and ``below``.
        """
        lines = math.ceil(count / most)
        return cls(count, replace(margins, count=math.ceil(count / lines)), **heights)

    @property
    def lines(self) -> int:
        """Number of lines."""
        return math.ceil(self.count / self.columns.count)

    @property
    def bottom(self) -> float:
        """Where the last line ends, with the room below it."""
        return self.lines * (self.header + self.height + self.below)

    def box(self, number: int) -> Box:
        """Place of a panel."""
        line, column = divmod(number, self.columns.count)
        top = line * (self.header + self.height + self.below) + self.header
        return Box(self.columns.edge(column), top, self.columns.width, self.height)

    def is_first_of_line(self, number: int) -> bool:
        """Whether a panel stands at the left side."""
        return number % self.columns.count == 0

    def is_lowest(self, number: int) -> bool:
        """Whether no panel stands below it."""
        return number + self.columns.count >= self.count
