"""Test accuracy of every seed by the way of training (paper A, Table G.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from repatlas.figures.block_structure.accuracies import ConditionAccuracy, condition_accuracies
from repatlas.figures.inputs import Similarities
from repatlas.figures.labels import fit_warning, scale_text
from repatlas.figures.layouts.accuracy import AccuracyLayout
from repatlas.figures.marks import fitting
from repatlas.figures.sheet import Sheet, footer_height
from repatlas.figures.style import (
    BLUE,
    FAINT,
    INK,
    NORMAL,
    PURPLE,
    RULE,
    SMALL,
    WARNING,
    styled,
)

NAMES, PLOT = 2.0, 2.75
"""Inches of the names and of the dots; the table has the rest of the page."""
TOP, LINE, SPACE, BOTTOM = 0.32, 0.2, 0.14, 0.42
"""Inches of the table's head, of a line, between groups, and of the axis below."""
SEEDS, TEST, TRAIN = 0.42, 1.3, 2.05
"""Right ends of the table's columns, in inches from its left edge."""
NOTE = (
    "Dots: single seeds. Circle and bar: mean and its 95 % interval by Student's t over seeds, "
    "wide where seeds are few. ±: standard deviation over seeds."
)


@dataclass(frozen=True)
class Line:
    """One line of the table: its place in inches from the top, and what stands there."""

    middle: float
    accuracy: ConditionAccuracy
    is_first: bool


@styled
def draw_accuracy(
    similarities: Similarities, layout: AccuracyLayout
) -> tuple[Figure, pd.DataFrame]:
    """One line a condition: its name, the test accuracies, and the numbers.

    Returns
    -------
    figure, table
        Columns of the table: group, condition, quantity, network, seed, order, value (percent).
        Quantities are ``test_accuracy`` and ``train_accuracy`` (of each seed), ``test_mean``,
        ``test_sd``, ``test_low``, ``test_high`` (95 % interval of the mean) and ``train_mean``.

    Raises
    ------
    InputError
        The files do not hold a network of the layout.
    """
    groups = condition_accuracies(similarities, layout)
    lines = list(_lines(groups))
    end = lines[-1].middle + LINE / 2 + SPACE / 2
    sheet = Sheet.of_height(end + BOTTOM + footer_height(1 + layout.scale_note))
    axes = sheet.axes(NAMES, TOP, PLOT, end - TOP)
    axes.set_ylim(end, TOP)
    for line in lines:
        _names(sheet, line)
        _dots(axes, line)
        _numbers(sheet, line, layout.least_train_accuracy)
    _set_axes(axes, lines)
    _heads(sheet)
    networks = [network for line in lines for network in line.accuracy.networks]
    sheet.footer(NOTE, *([scale_text(networks)] if layout.scale_note else []))
    return sheet.figure, pd.concat([line.accuracy.rows() for line in lines], ignore_index=True)


def _lines(groups: list[list[ConditionAccuracy]]) -> Iterator[Line]:
    top = TOP + SPACE / 2
    for group in groups:
        for number, accuracy in enumerate(group):
            # The first line of a group has the group's title above it.
            top += LINE if number == 0 else 0
            yield Line(top + LINE / 2, accuracy, number == 0)
            top += LINE
        top += SPACE


def _names(sheet: Sheet, line: Line) -> None:
    place: dict[str, Any] = {"va": "center"}
    if line.is_first:
        title = line.accuracy.group
        size = fitting(title, NORMAL, NAMES + PLOT)
        sheet.text(0.12, line.middle - LINE, title, fontweight="bold", fontsize=size, **place)
    name = line.accuracy.condition
    sheet.text(0.22, line.middle, name, fontsize=fitting(name, NORMAL, NAMES - 0.3), **place)


def _dots(axes: Axes, line: Line) -> None:
    accuracy, colour = line.accuracy, BLUE if line.is_first else PURPLE
    values = accuracy.test[np.isfinite(accuracy.test)]
    axes.axhline(line.middle, color=RULE, lw=0.3, zorder=0)
    axes.plot(accuracy.interval, [line.middle] * 2, color=colour, lw=1.4, alpha=0.55, zorder=1)
    axes.plot(
        values, [line.middle] * len(values),
        "o", ms=3, mew=0, color=INK, alpha=0.75, zorder=3, clip_on=False,
    )  # fmt: skip
    axes.plot(accuracy.mean, line.middle, "o", ms=6, mew=1, mec=colour, mfc="white", zorder=2)


def _set_axes(axes: Axes, lines: list[Line]) -> None:
    every = np.concatenate([[*line.accuracy.test, *line.accuracy.interval] for line in lines])
    known = every[np.isfinite(every)]
    low, high = (known.min(), known.max()) if known.size else (0.0, 100.0)
    room = 0.06 * max(high - low, 1.0)
    axes.set_xlim(max(low - room, -1.0), min(high + room, 101.0))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.set(xlabel="test accuracy (%)", yticks=[])
    axes.spines["left"].set_visible(False)


def _heads(sheet: Sheet) -> None:
    left = NAMES + PLOT
    style: dict[str, Any] = {"va": "bottom", "ha": "right", "fontsize": SMALL, "color": FAINT}
    for right, text in ((SEEDS, "seeds"), (TEST, "test (%)"), (TRAIN, "train (%)")):
        sheet.text(left + right, TOP, text, **style)


def _numbers(sheet: Sheet, line: Line, least: float) -> None:
    """The line of the table; a train accuracy that is too low in the colour of warnings."""
    accuracy, left = line.accuracy, NAMES + PLOT
    spread = "" if np.isnan(accuracy.spread) else f" ± {accuracy.spread:.2f}"
    warning = fit_warning(accuracy.networks, least)
    train = _percent(float(accuracy.train.mean()))
    style: dict[str, Any] = {"va": "center", "ha": "right"}
    sheet.text(left + SEEDS, line.middle, str(len(accuracy.networks)), **style)
    sheet.text(left + TEST, line.middle, f"{_percent(accuracy.mean)}{spread}", **style)
    if warning is None:
        sheet.text(left + TRAIN, line.middle, train, **style)
        return
    text = f"{train} {warning}"
    sheet.text(left + TRAIN, line.middle, text, color=WARNING, fontsize=SMALL, **style)


def _percent(value: float) -> str:
    return "?" if np.isnan(value) else f"{value:.1f}"
