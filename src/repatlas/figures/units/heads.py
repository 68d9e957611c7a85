"""Lines above panels that say which networks a figure shows, and how well they were trained."""

import math
from collections.abc import Mapping

from repatlas.figures.inputs import Network
from repatlas.figures.labels import accuracy_text, fit_warning
from repatlas.figures.marks import fitting
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import FAINT, NORMAL, SMALL, WARNING

MOST, LINE = 3, 0.15
"""Networks side by side at most, and inches of a line of them."""
TOP, BELOW = 0.06, 0.06
"""Inches above and below the lines."""


def heads_height(label: str, count: int) -> float:
    """Inches that the lines on so many networks take."""
    return TOP + LINE * (bool(label) + math.ceil(count / MOST)) + BELOW


def draw_heads(
    sheet: Sheet, left: float, label: str, named: Mapping[str, Network], least: float
) -> None:
    """Name and accuracies of networks at the top of a sheet, those that did not fit in red.

    Parameters
    ----------
    left
        Inches from the left edge.
    label
        What all of the networks are, in a line above them; may be empty.
    named
        Networks by name.
    least
        Train accuracy below which a network did not fit.
    """
    sheet.text(left, TOP, label, fontsize=NORMAL, fontweight="bold")
    top = TOP + LINE * bool(label)
    across = math.ceil(len(named) / math.ceil(len(named) / MOST))
    width = (sheet.width - left) / across
    for place, (name, network) in enumerate(named.items()):
        row, column = divmod(place, across)
        warning = fit_warning([network], least)
        told = f"{name}, {warning}" if warning else name
        text = f"{told}: {accuracy_text(network)}"
        sheet.text(
            left + column * width,
            top + row * LINE,
            text,
            fontsize=fitting(text, SMALL, width - 0.08),
            color=WARNING if warning else FAINT,
        )
