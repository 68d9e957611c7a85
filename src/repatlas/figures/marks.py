"""What stands about panels: letters, titles with accuracies, and the key to their marks."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from repatlas.figures.inputs import Network
from repatlas.figures.labels import accuracy_text, fit_warning
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import BLOCK, FAINT, LARGE, NORMAL, SMALL, WARNING
from repatlas.similarity.block import CKA_THRESHOLD, LEAST_OUTPUTS, SHARE_THRESHOLD

HEADER = 0.40
"""Inches above a panel for its title, its accuracies and the marks at its side."""

KEY_HEIGHT = 0.16
"""Inches that the key takes."""

BLOCK_TEXT = (
    f"detected block: {LEAST_OUTPUTS} or more successive block outputs, each with a first "
    f"component of share > {SHARE_THRESHOLD:g}, every two with CKA > {CKA_THRESHOLD:g}"
)

OVERHANG = 18.0
"""Points by which a title may reach beyond its panel, over the tick labels of the next."""

GLYPH = 0.6
"""Mean width of a letter as a part of the font size."""

WIDE = 0.95
"""Width of the widest letters, as a part of the font size."""

ABOVE: dict[str, Any] = {
    "xycoords": "axes fraction",
    "textcoords": "offset points",
    "va": "baseline",
}


def letters() -> Iterator[str]:
    """a, b, ..., z, aa, ab, ...: as many as are asked for."""
    alphabet = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    yield from alphabet
    for first in alphabet:
        for second in alphabet:
            yield first + second


def draw_title(
    axes: Axes, letter: str, title: str = "", *, points: float = 7, overhang: float = OVERHANG
) -> None:
    """Panel letter and title, some points above the top left corner of a panel.

    A long title is set smaller, so that it does not reach into the next panel.
    """
    axes.annotate(letter, (0, 1), (0, points), fontsize=LARGE, fontweight="bold", **ABOVE)
    indent = LARGE * (sum(WIDE if one in "mw" else GLYPH for one in letter) + 0.8)
    size = _fitting(axes, title, LARGE, overhang - indent)
    axes.annotate(title, (0, 1), (indent, points), fontsize=size, **ABOVE)


def _fitting(axes: Axes, text: str, size: float, overhang: float) -> float:
    """Font size with which a text fits above a panel and some points beyond it."""
    return fitting(text, size, axes.bbox.width / axes.figure.dpi + overhang / 72)


def fitting(text: str, size: float, width: float) -> float:
    """Font size, at most the given one, with which a line is no wider than so many inches."""
    return min(size, width * 72 / (GLYPH * max(len(text), 1)))


def draw_accuracies(
    axes: Axes, networks: Sequence[Network], least: float, *, overhang: float = OVERHANG
) -> None:
    """Accuracies above a panel, under its title; "did not fit" inside it where it is so.

    Parameters
    ----------
    networks
        One, or the two that the panel compares.
    least
        Train accuracy below which a network did not fit.
    overhang
        Points by which the text may reach beyond the panel.
    """
    warning = fit_warning(networks, least)
    colour = WARNING if warning else FAINT
    text = accuracy_text(*networks)
    size = _fitting(axes, text, SMALL, overhang)
    axes.annotate(text, (0, 1), (0, 7), color=colour, fontsize=size, **ABOVE)
    if warning:
        axes.text(
            0.5,
            0.96,
            warning,
            transform=axes.transAxes,
            ha="center",
            va="top",
            color=WARNING,
            fontsize=NORMAL,
            fontweight="bold",
            bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.25"},
        )


def draw_column_title(
    sheet: Sheet,
    left: float,
    width: float,
    bottom: float,
    title: str,
    *,
    size: float = LARGE,
    control: bool = False,
) -> None:
    """Title of a column of panels, above ``bottom`` and over several lines where it is long.

    Parameters
    ----------
    control
        Whether the column is a control: that is said above its title.
    """
    lines = wrapped(title, width, size)
    sheet.text(left, bottom, lines, va="bottom", fontsize=size, linespacing=1.1)
    if control:
        above = bottom - (1 + lines.count("\n")) * 1.2 * size / 72
        note: dict[str, Any] = {"va": "bottom", "color": FAINT, "fontsize": NORMAL}
        sheet.text(left, above, "control", style="italic", **note)


def wrapped(text: str, width: float, size: float) -> str:
    """Text in lines of at most so many inches, as far as its words allow, at a font size."""
    return textwrap.fill(text, max(int(width * 72 / (GLYPH * size)), 1), break_long_words=False)


def draw_row_title(
    sheet: Sheet, left: float, middle: float, title: str, *, control: bool = False
) -> None:
    """Title of a row of panels, upright, to the left of it and centred at its middle.

    Parameters
    ----------
    control
        Whether the row is a control: that is said left of its title.
    """
    place: dict[str, Any] = {"rotation": 90, "va": "center", "fontsize": NORMAL}
    indent = 0.08
    if control:
        sheet.text(left + indent, middle, "control", color=FAINT, style="italic", **place)
        indent += 0.13
    sheet.text(left + indent, middle, title, multialignment="center", fontweight="bold", **place)


def draw_key(sheet: Sheet, top: float, left: float = 0.08) -> None:
    """One line below the panels that explains the marks at their sides."""
    width = sheet.width - 2 * left
    axes = sheet.axes(left, top, width, KEY_HEIGHT)
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, 1)
    axes.add_line(Line2D([0.04, 0.04], [0.15, 0.75], color=FAINT, lw=0.6))
    axes.add_line(Line2D([0.88, 1.06], [0.45, 0.45], color=BLOCK, lw=1.8, solid_capstyle="butt"))
    options: dict[str, Any] = {"va": "center", "fontsize": SMALL, "color": FAINT}
    axes.text(0.10, 0.45, "end of a stage", **options)
    axes.text(1.12, 0.45, BLOCK_TEXT, **options)
