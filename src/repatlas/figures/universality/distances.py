"""Final hidden distances of many pairs against what theory says with rates of one pair."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.findings import FinalDistances
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.page import line_handle
from repatlas.figures.style import INK, RULE, styled
from repatlas.figures.universality.agreement import (
    agreement_text,
    brief,
    determination,
    draw_identity,
    number,
)
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.page import Panel, title_of
from repatlas.figures.universality.told import NOT_LEARNT

POINT: dict[str, Any] = {"ls": "", "marker": "o", "ms": 3.0, "mew": 0.4}
CROSS: dict[str, Any] = {"ls": "", "marker": "x", "ms": 2.2, "mew": 0.5, "color": RULE}
KEYS = 6
"""Most target distances that the key names."""
NOTE = (
    "Rates are those of one pair of points and are fitted to no other. r and R² (against the "
    "identity, the grey line) are over pairs that were learnt. Exact: R² of the solution without "
    "the assumption that representations move along their difference, grey crosses. Start/task: "
    "median of |A_high| / A_low; below 1 is the rich regime."
)


@styled
def draw_distances(
    distances: Mapping[str, FinalDistances], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: measured against predicted ``|dh|^2``, coloured by ``|dy*|``.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`: quantities ``measured`` (x: predicted),
        ``measured, not learnt`` and ``measured, exact`` (x: predicted without the ansatz).
    """
    norms = np.sqrt(np.concatenate([one.target_square for one in distances.values()]))
    top = float(norms.max()) or 1.0
    drafts = [
        Draft(
            title_of(name, layout.titles),
            _note(one),
            partial(_draw, one, top),
            remark=_remark(one),
            warning="" if one.converged.any() else NOT_LEARNT,
        )
        for name, one in distances.items()
    ]
    shown = np.unique(norms)
    if len(shown) > KEYS:
        shown = np.linspace(0, top, KEYS)
    handles = [
        line_handle(f"{norm:.2g}", **POINT | {"color": colour})
        for norm, colour in zip(shown, _colours(shown, top), strict=True)
    ]
    handles.append(line_handle("not learnt", **POINT | {"color": INK, "mfc": "none"}))
    handles.append(line_handle("exact", **CROSS))
    told = [NOTE, *([_told(distances)] if layout.scale_note else [])]
    key = "‖dy*‖:", handles
    return draw_grid(drafts, Frame("‖dh‖², theory", "‖dh‖², networks", key, told, layout.columns))


def _note(found: FinalDistances) -> str:
    good = found.converged
    return agreement_text(found.predicted[good], found.measured[good])


def _remark(found: FinalDistances) -> str:
    """How well the exact solution does, and which regime it is."""
    good, some = found.converged, found.target_square > 0
    share = determination(found.unaligned[good], found.measured[good])
    start = np.median(np.abs(found.a_high[some]) / found.a_low[some]) if some.any() else np.nan
    return f"exact R² {number(share)}, start/task {brief(float(start))}"


def _colours(norms: NDArray[np.floating], top: float) -> NDArray[np.floating]:
    """Of target distances."""
    found: NDArray[np.floating] = mpl.colormaps["viridis"](0.88 * norms / top)
    return found


def _draw(found: FinalDistances, top: float, panel: Panel) -> None:
    good = found.converged & np.isfinite(found.measured)
    draw_identity(panel.axes, found.measured, found.predicted)
    panel.line("measured, exact", "networks", found.unaligned[good], found.measured[good], **CROSS)
    norms = np.sqrt(found.target_square)
    colours = _colours(norms, top)
    for learnt, name in ((good, "measured"), (~good, "measured, not learnt")):
        for row in np.flatnonzero(learnt):
            fill = {"color": colours[row], "mfc": colours[row] if name == "measured" else "none"}
            panel.axes.plot(found.predicted[row], found.measured[row], **POINT | fill)
        series = "networks"
        panel.write(name, series, found.predicted[learnt], found.measured[learnt])


def _told(distances: Mapping[str, FinalDistances]) -> str:
    one = next(iter(distances.values()))
    pairs = len(set(zip(one.input_square.tolist(), one.target_square.tolist(), strict=True)))
    return (
        f"{pairs} pairs, ‖dx‖ from {np.sqrt(one.input_square.min()):.2g} to "
        f"{np.sqrt(one.input_square.max()):.2g}; {len(one.measured)} networks a panel."
    )
