"""Two laws of the rich regime: how distances grow with depth, and how fast pairs are learnt."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from repatlas.dynamics.findings import LayerLaw
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.page import line_handle
from repatlas.figures.style import BLUE, INK, RULE, styled
from repatlas.figures.universality.agreement import agreement_text, draw_identity
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.page import THEORY, Panel, title_of

NOTE = (
    "Above: slope of ln ‖dh‖² after training against ln ‖dy*‖, of every seed, with their mean; "
    "dashed: 2 l / (L + 1) of a deep linear network in balance; grey: 1, the theory of a pair, "
    "which has no depth. Below: steps until half of ‖dy*‖ is learnt, against the logistic curve "
    "with rates of one pair of the same seed; r and R² of the logarithms. Light: large ‖dx‖ ‖dy*‖."
)


@styled
def draw_exponents(
    law: Mapping[str, LayerLaw], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """Two panels a network: exponents over hidden layers, and half times against predicted ones.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``exponent`` (x: layer) and
        ``half time`` (x: predicted).
    """
    titled = {title_of(name, layout.titles): one for name, one in law.items()}
    above = [
        Draft(
            title, _exponents_note(one), partial(_draw_exponents, one), ("hidden layer", "exponent")
        )
        for title, one in titled.items()
    ]
    labels = "half time, theory", "half time, networks"
    below = [
        Draft(title, _half_note(one), partial(_draw_half_times, one), labels)
        for title, one in titled.items()
    ]
    handles = [
        line_handle("networks", color=BLUE, marker="o", ms=3, mew=0),
        line_handle("balanced linear network", color=INK, lw=0.8, ls=THEORY),
        line_handle("theory of a pair", color=RULE),
    ]
    columns = min(len(titled), layout.columns)
    return draw_grid([*above, *below], Frame("", "", ("exponents:", handles), [NOTE], columns))


def _exponents_note(law: LayerLaw) -> str:
    predicted = np.broadcast_to(law.predicted[:, None], law.exponent.shape)
    return agreement_text(predicted, law.exponent)


def _half_note(law: LayerLaw) -> str:
    with np.errstate(invalid="ignore", divide="ignore"):
        return agreement_text(np.log(law.predicted_half_time), np.log(law.half_time))


def _draw_exponents(law: LayerLaw, panel: Panel) -> None:
    for seed, values in zip(law.seed, law.exponent.T, strict=True):
        dot: dict[str, Any] = {
            "color": BLUE,
            "ls": "",
            "marker": "o",
            "ms": 2.6,
            "mew": 0,
            "alpha": 0.6,
        }
        panel.line("exponent", f"network, seed {seed}", law.layer, values, **dot)
    known = np.isfinite(law.exponent).any(axis=1)
    panel.axes.plot(law.layer[known], np.nanmean(law.exponent[known], axis=1), color=BLUE)
    style: dict[str, Any] = {"color": INK, "lw": 0.8, "ls": THEORY, "zorder": 4}
    panel.line("exponent", "balanced linear network", law.layer, law.predicted, **style)
    panel.axes.axhline(1, color=RULE, zorder=0)
    panel.axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    panel.axes.set_ylim(bottom=min(0.0, float(np.nanmin(law.exponent, initial=0.0))))


def _draw_half_times(law: LayerLaw, panel: Panel) -> None:
    product = np.sqrt(law.input_square * law.target_square)
    colours = mpl.colormaps["viridis"](0.88 * product / product.max())
    rows = zip(law.predicted_half_time, law.half_time, colours, product, strict=True)
    for predicted, measured, colour, size in rows:
        dot: dict[str, Any] = {"color": colour, "ls": "", "marker": "o", "ms": 2.8, "mew": 0}
        panel.line("half time", f"|dx| |dy*| = {size:.3g}", predicted, measured, **dot)
    known = np.isfinite(law.half_time) & np.isfinite(law.predicted_half_time)
    if known.any():
        both = law.predicted_half_time[known], law.half_time[known]
        draw_identity(panel.axes, *both, logarithmic=True)
