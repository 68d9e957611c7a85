"""A figure laid out in inches from its top-left corner, so that panels align exactly."""

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from repatlas.figures.style import FAINT, PAGE_WIDTH, SMALL

FOOTER_EDGE, FOOTER_LINE = 0.08, SMALL * 1.35 / 72
"""Inches beside the notes at the bottom, and of one of their lines."""


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
        """Notes in small grey type at the bottom, the last thing on a sheet.

        Notes wider than the page go on in further lines, for which the page grows.
        """
        width = (self.width - 2 * FOOTER_EDGE) * 72
        told = [part for line in lines for part in _broken(line, width)]
        sheet = self._grown((len(told) - len(lines)) * FOOTER_LINE)
        sheet.text(
            FOOTER_EDGE,
            sheet.height - 0.05,
            "\n".join(told),
            va="bottom",
            fontsize=SMALL,
            color=FAINT,
            linespacing=1.35,
        )

    def _grown(self, more: float) -> "Sheet":
        """The sheet with so many inches more at its bottom; what is on it stays where it is."""
        if more == 0:
            return self
        height = self.height + more
        scale = self.height / height
        to_page = self.figure.transFigure.inverted()
        legends = {
            legend: legend.get_bbox_to_anchor().transformed(to_page).p1
            for legend in self.figure.legends
        }
        self.figure.set_size_inches(self.width, height)
        for axes in self.figure.axes:
            left, bottom, width, part = axes.get_position().bounds
            axes.set_position((left, 1 - (1 - bottom) * scale, width, part * scale))
        for text in self.figure.texts:
            text.set_y(1 - (1 - text.get_position()[1]) * scale)
        for legend, (left, top) in legends.items():
            legend.set_bbox_to_anchor((left, 1 - (1 - top) * scale), self.figure.transFigure)
        return Sheet(self.figure, self.width, height)


HINTING = 1.05
"""How much wider a PNG may set small text than its outlines are, because letters snap to pixels."""


def _broken(text: str, width: float) -> list[str]:
    """Text in lines of at most so many points, as far as its words allow."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and _width(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _width(text: str) -> float:
    """Points that a note is wide."""
    font = FontProperties(size=SMALL)
    width, *_ = text_to_path.get_text_width_height_descent(text, font, is_math_text(text))
    return float(width) * HINTING


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
    return 0.06 + lines * FOOTER_LINE if lines else 0.0
