"""Alignment against test error: well aligned learners can be wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.ensembles.results import SimulatedAlignment, TrainedEnsemble
from repatlas.ensembles.settings import Settings, of_ensemble, of_simulation
from repatlas.figures.grid import PanelGrid
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.page import (
    HEADER,
    STAND_IN,
    Array,
    Page,
    set_error,
    snr_colours,
    snr_handles,
)
from repatlas.figures.noise.told import ensemble_text, ensemble_title, simulation_text
from repatlas.figures.page import KEY, line_handle
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, SMALL, WARNING, styled
from repatlas.theory import noise_alignment

MARGINS = Columns(1, 0.5, 0.42, 0.1)
HEIGHT, BELOW = 1.75, 0.42
"""Inches of a panel, and of what stands below it."""
CURVE = 1 + np.concatenate([-np.geomspace(0.98, 1e-6, 400), np.geomspace(1e-6, 60, 400)])
"""Samples over inputs along a closed form."""
ERRORS = (2e-3, 40.0)
"""Errors that are drawn: they have no bound at the threshold."""
ALIGNED = 0.9
"""Alignment above which two settings are looked for whose errors differ most."""
NOTE = (
    "Curves: closed form as samples grow, from the right up to the threshold and back. Rings: of "
    f"the settings with alignment above {ALIGNED:g} those of largest and of least error."
)


@dataclass(frozen=True, eq=False)
class _Shown:
    """Learners of one panel."""

    title: str
    settings: Settings
    closed: bool


@styled
def draw_generalisation(
    simulation: SimulatedAlignment, ensembles: Sequence[TrainedEnsemble], layout: NoiseLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel for learners with the same inputs, one for own inputs, and one for each ensemble.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`. Quantities are ``cosine`` (of the two maps, or
        of outputs on held-out inputs) and ``test_error``, each with its spread.

    Raises
    ------
    InputError
        The records lack a noise level of the layout.
    """
    shown = [
        _Shown("exact, same inputs", of_simulation(simulation, "cosine"), True),
        _Shown("exact, own inputs", of_simulation(simulation, "cosine", shared=False), True),
        *(_Shown(ensemble_title(one), of_ensemble(one, "cosine"), False) for one in ensembles),
    ]
    snrs = np.unique(np.concatenate([one.settings.snrs for one in shown]))
    colours = snr_colours(snrs, layout.snrs)
    grid = PanelGrid.even(
        len(shown), layout.columns, MARGINS, height=HEIGHT, header=HEADER, below=BELOW
    )
    told = [NOTE, simulation_text(simulation.spec), *map(ensemble_text, ensembles), STAND_IN]
    page = Page(Sheet.of_height(grid.bottom + KEY + footer_height(len(told))))
    for number, one in enumerate(shown):
        axes = _draw_panel(page, grid.box(number), one, colours)
        axes.set_xlabel("cosine of what two learners compute")
        axes.set_ylim(ERRORS)
        set_error(axes, "test error" if grid.is_first_of_line(number) else "")
    markers = {"color": FAINT, "ls": "", "marker": "o", "ms": 3.2, "mew": 0.8}
    sides = [
        line_handle("fewer samples than the threshold", mfc="white", **markers),
        line_handle("as many or more", **markers),
    ]
    page.key(grid.bottom, "SNR:", [*snr_handles(colours), *sides])
    page.sheet.footer(*told)
    return page.sheet.figure, page.table()


def _draw_panel(page: Page, box: Box, shown: _Shown, colours: dict[float, Any]) -> Axes:
    axes, letter = page.panel(box, shown.title)
    found = shown.settings
    alignment, error = found.alignment, found.error
    above = found.ratios >= 1 - 1e-9
    for place, snr in enumerate(found.snrs.tolist()):
        if snr not in colours:
            continue
        colour = colours[snr]
        if shown.closed:
            _draw_curve(axes, snr, colour, shared=found.shared)
        for rows, fill in ((~above, "white"), (above, colour)):
            x, y = (part[:, rows, place].mean(axis=0) for part in (alignment, error))
            axes.plot(x, y, "o", color=colour, mfc=fill, ms=3.0, mew=0.7, zorder=3)
        for name, values in (("cosine", alignment), ("test_error", error)):
            known = values[:, :, place]
            page.note_values(
                letter, shown.title, name, found.ratios, snr, known.mean(axis=0), known.std(axis=0)
            )
    _mark_apart(axes, alignment.mean(axis=0), error.mean(axis=0))
    axes.set_xlim(-0.12, 1.04)
    axes.set_xticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    return axes


def _draw_curve(axes: Axes, snr: float, colour: Any, *, shared: bool) -> None:
    x = noise_alignment.cosine(CURVE, snr, shared=shared)
    y = noise_alignment.excess_error(CURVE, snr)
    for side in (CURVE < 1, CURVE > 1):
        axes.plot(x[side], y[side], color=colour, lw=0.6, zorder=1)


def _mark_apart(axes: Axes, alignment: Array, error: Array) -> None:
    """Ring the two well aligned settings whose errors differ most, with their numbers."""
    aligned = np.flatnonzero((alignment > ALIGNED) & (error < ERRORS[1]))
    if len(aligned) < 2:
        return
    x, y = alignment.ravel()[aligned], error.ravel()[aligned]
    chosen = [int(y.argmax()), int(y.argmin())]
    axes.plot(x[chosen], y[chosen], "o", ms=7.5, mfc="none", mec=WARNING, mew=0.9, zorder=4)
    told = [f"cosine {x[one]:.2f}, error {y[one]:.2g}" for one in chosen]
    place: dict[str, Any] = {"transform": axes.transAxes, "ha": "right", "va": "top"}
    axes.text(1, 0.99, "\n".join(told), fontsize=SMALL, color=WARNING, **place)
