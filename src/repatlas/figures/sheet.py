"""A figure laid out in inches from its top-left corner, so that panels align exactly."""

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from repatlas.figures.style import FAINT, PAGE_WIDTH, SMALL


@dataclass(frozen=True)
class Sheet:
    """A page of a given size in inches; make it inside a `styled` function."""

    figure: Figure
    width: float
    height: float

    @classmethod
    def of_height(cls, height: float, width: float = PAGE_WIDTH) -> "Sheet":
        """Make a sheet with an empty figure."""
        return cls(Figure(figsize=(width, height)), width, height)

    def axes(self, left: float, top: float, width: float, height: float, **options: Any) -> Axes:
        """Axes whose frame is the given box: distances from the left and the top edge, size."""
        box = (
            left / self.width,
            1 - (top + height) / self.height,
            width / self.width,
            height / self.height,
        )
        return self.figure.add_axes(box, **options)

    def text(self, left: float, top: float, text: str, **options: Any) -> Text:
        """Text at a distance from the left and the top edge, by default hanging below ``top``."""
        options = {"va": "top", "ha": "left"} | options
        return self.figure.text(left / self.width, 1 - top / self.height, text, **options)

    def footer(self, *lines: str) -> None:
        """Notes in small grey type at the bottom."""
        self.text(
            0.08,
            self.height - 0.05,
            "\n".join(lines),
            va="bottom",
            fontsize=SMALL,
            color=FAINT,
            linespacing=1.35,
        )


@dataclass(frozen=True)
class Columns:
    """Columns of equal width, side by side in the middle of a page, in inches.

    Attributes
    ----------
    count
        How many.
    left, gap, right
        Room before the first, between two, and behind the last.
    largest
        Width at most; few columns are not blown up, but stand in the middle.
    """

    count: int
    left: float
    gap: float
    right: float
    largest: float = PAGE_WIDTH

    @property
    def width(self) -> float:
        """Width of a column."""
        free = PAGE_WIDTH - self.left - self.right - (self.count - 1) * self.gap
        return min(self.largest, free / self.count)

    @property
    def margin(self) -> float:
        """Empty room on either side of it all."""
        used = self.left + self.right + (self.count - 1) * (self.width + self.gap) + self.width
        return max(PAGE_WIDTH - used, 0.0) / 2

    @property
    def end(self) -> float:
        """Right edge of the last column."""
        return self.edge(self.count - 1) + self.width

    def edge(self, column: int) -> float:
        """Left edge of a column."""
        return self.margin + self.left + column * (self.width + self.gap)


def footer_height(lines: int) -> float:
    """Inches that notes of so many lines take."""
    return 0.06 + lines * SMALL * 1.35 / 72 if lines else 0.0
