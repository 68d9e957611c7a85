"""Alignment and test error of trained networks against sample size, for each noise level."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.ensembles.results import TrainedEnsemble
from repatlas.ensembles.settings import AlignmentMeasure, of_ensemble
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.marks import draw_row_title, wrapped
from repatlas.figures.noise.page import (
    HEADER,
    STAND_IN,
    Array,
    Page,
    draw_repetitions,
    draw_threshold,
    set_error,
    set_samples,
    snr_colours,
    snr_handles,
)
from repatlas.figures.noise.told import BARS, ensemble_text, ensemble_title
from repatlas.figures.page import KEY, line_handle
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, NORMAL, styled
from repatlas.theory import noise_alignment

LEFT, GAP, RIGHT, HEIGHT, TICKS = 0.62, 0.33, 0.1, 1.35, 0.4
"""Inches before, between and behind the columns; of a panel and its axis."""
DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.2))
TICKED = (5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240)
NOTE = (
    "Upright line: samples with which any labels can just be fitted (inputs of linear networks, "
    "else weights over outputs). Grey dashes: chance, with networks trained on labels in random "
    "order."
)
CLOSED_NOTE = " Dotted: closed form of linear networks for large d."


@dataclass(frozen=True)
class _Column:
    """A quantity, its title, and what its panels show."""

    quantity: str
    title: str
    measure: AlignmentMeasure | None = None


COLUMNS = (
    _Column("cka", "hidden layers, CKA", "cka"),
    _Column("cosine", "outputs, cosine", "cosine"),
    _Column("neighbours", "1 - imbalance", "imbalance"),
    _Column("test_error", "test error"),
)
"""From left to right; imbalance is that of information, between hidden layers: at 1 nearest
neighbours are the same, at 0 unrelated."""


@styled
def draw_networks(
    ensembles: Sequence[TrainedEnsemble], layout: NoiseLayout
) -> tuple[Figure, pd.DataFrame]:
    """One row an ensemble, one column a measure of alignment; test errors in the last.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS` and ``learners`` (the ensemble). Quantities are
        ``cka``, ``cosine``, ``neighbours`` and ``test_error``, each with its spread over draws, and
        ``chance`` (of the CKA, mean over noise levels).

    Raises
    ------
    InputError
        An ensemble lacks a noise level of the layout.
    """
    columns = Columns(len(COLUMNS), LEFT, GAP, RIGHT)
    pitch = HEADER + HEIGHT + TICKS
    bottom = len(ensembles) * pitch + KEY
    linear = any(one.spec.activation == "linear" for one in ensembles)
    told = [NOTE + CLOSED_NOTE * linear + f" {BARS}", *map(ensemble_text, ensembles), STAND_IN]
    page = Page(Sheet.of_height(bottom + footer_height(len(told))))
    snrs = np.unique(np.concatenate([one.spec.snrs for one in ensembles]))
    colours = snr_colours(snrs, layout.snrs)
    for line, record in enumerate(ensembles):
        top = line * pitch + HEADER
        title = wrapped(ensemble_title(record), HEIGHT, NORMAL)
        draw_row_title(page.sheet, columns.margin, top + HEIGHT / 2, title)
        for place, column in enumerate(COLUMNS):
            box = Box(columns.edge(place), top, columns.width, HEIGHT)
            _draw_panel(page, box, record, column, colours)
    handles = [*snr_handles(colours), line_handle("chance", ls=DASHED)]
    if linear:
        handles.append(line_handle("closed form", ls=DOTTED))
    page.key(bottom - KEY, "SNR:", handles)
    page.sheet.footer(*told)
    return page.sheet.figure, page.table()


def _draw_panel(
    page: Page, box: Box, record: TrainedEnsemble, column: _Column, colours: dict[float, Any]
) -> None:
    axes, letter = page.panel(box, column.title)
    found = of_ensemble(record, column.measure or "cka")
    values = found.error if column.measure is None else found.alignment
    samples = found.ratios * record.threshold
    learners = ensemble_title(record)

    def note(quantity: str, snr: float, known: Array) -> None:
        mean, spread = known.mean(axis=0), known.std(axis=0)
        page.note_values(
            letter, column.title, quantity, found.ratios, snr, mean, spread, learners=learners
        )

    draw_threshold(axes, record.threshold)
    if column.quantity == "cka":
        chance = of_ensemble(record, "chance").alignment.mean(axis=2)
        axes.plot(samples, chance.mean(axis=0), color=FAINT, ls=DASHED, zorder=2)
        note("chance", np.nan, chance)
    for place, snr in enumerate(found.snrs.tolist()):
        if snr in colours:
            known = values[:, :, place]
            axes.plot(samples, known.mean(axis=0), color=colours[snr], lw=0.8)
            draw_repetitions(axes, samples, known, colours[snr])
            _draw_closed(axes, record, column.quantity, snr, colours[snr])
            note(column.quantity, snr, known)
    set_samples(axes, samples[0], samples[-1], TICKED, "training samples")
    if column.measure is None:
        set_error(axes, "")
    else:
        axes.set_ylim(min(-0.03, values.mean(axis=0).min() - 0.05), 1.04)
        axes.set_yticks([0, 0.5, 1], labels=["0", "0.5", "1"])


def _draw_closed(
    axes: Axes, record: TrainedEnsemble, quantity: str, snr: float, colour: Any
) -> None:
    """Closed form, where there is one for these networks."""
    shared, known = record.spec.shared_inputs, record.spec.samples
    if record.spec.activation != "linear" or record.spec.data is not None or record.outputs > 1:
        return
    samples = np.geomspace(min(known), max(known), 200)
    ratio = samples / record.threshold
    match quantity:
        case "cka":
            closed = noise_alignment.hidden_cka(ratio, snr, shared=shared)
        case "cosine":
            closed = noise_alignment.cosine(ratio, snr, shared=shared)
        case "test_error":
            closed = noise_alignment.excess_error(ratio, snr)
        case _:
            return
    axes.plot(samples, closed, color=colour, lw=0.7, ls=DOTTED, zorder=1)
