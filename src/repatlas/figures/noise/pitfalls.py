"""What linear CKA of hidden layers shows besides what learners have learnt: three pitfalls."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.ensembles.results import SimulatedAlignment, TrainedEnsemble
from repatlas.ensembles.settings import AlignmentMeasure, Settings, of_simulation, pivot
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.page import (
    HEADER,
    STAND_IN,
    Page,
    draw_repetitions,
    draw_threshold,
    set_alignment,
    set_samples,
)
from repatlas.figures.noise.told import BARS, ensemble_text, simulation_text
from repatlas.figures.page import sequence_colours
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, GREEN, ORANGE, SKY, VERMILLION, styled
from repatlas.theory import noise_alignment

LEFT, GAP, RIGHT, HEIGHT, TICKS, LEGEND = 0.42, 0.45, 0.1, 1.8, 0.36, 0.5
"""Inches before, between and behind the columns; of a panel, its axis and its legend."""
SPIKE_SNR, OUTPUTS_SNR = 10.0, 1.0
"""Noise levels at which the first two are plain."""
SAMPLES = (0.1, 0.25, 0.5, 1, 2, 4)
SCALES = (0.03, 0.1, 0.3, 1, 3, 10)
DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.2))
SHOWN: tuple[tuple[AlignmentMeasure, str, Any], ...] = (
    ("cka", "cka", "-"),
    ("above_chance", "cka_above_chance", DASHED),
)
"""Measures of the second panel, what the table calls them, and their lines."""
CLOSED: dict[str, Any] = {"color": FAINT, "lw": 0.8, "zorder": 1}
NOTE = (
    "Grey: closed form, with one output. a: where samples are as many as inputs, learners with the "
    "same inputs follow the same least singular vector. b: chance is the CKA with a learner of "
    "another teacher. c: large initial weights stay, and hidden layers are as alike as they began."
)


@styled
def draw_pitfalls(
    simulation: SimulatedAlignment, starts: Sequence[TrainedEnsemble], layout: NoiseLayout
) -> tuple[Figure, pd.DataFrame]:
    """Same inputs at the threshold; several outputs; initial weights that stay.

    Parameters
    ----------
    simulation
        With and without a penalty, of one and of several outputs.
    starts
        Ensembles of several scales of the initial weights; the last panel is left out if none.
    layout
        Nothing of it is used.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`, ``learners`` (which curve) and, for the last
        panel, ``scale``. Quantities are ``cka``, ``cka_above_chance`` and ``cosine``.

    Raises
    ------
    InputError
        The simulation lacks solutions without penalty or of one output.
    """
    columns = Columns(2 + bool(starts), LEFT, GAP, RIGHT, 2.0)
    bottom = HEADER + HEIGHT + TICKS + LEGEND
    told = [NOTE, f"{simulation_text(simulation.spec)} {BARS}", *map(ensemble_text, starts[:1])]
    page = Page(Sheet.of_height(bottom + footer_height(1 + len(told))))
    boxes = [Box(columns.edge(place), HEADER, columns.width, HEIGHT) for place in range(3)]
    panels = [_draw_spike(page, boxes[0], simulation), _draw_outputs(page, boxes[1], simulation)]
    if starts:
        panels.append(_draw_starts(page, boxes[2], starts))
    panels[0].set_ylabel("linear CKA of hidden layers")
    for axes in panels:
        axes.legend(
            loc="upper left", bbox_to_anchor=(-0.08, -0.21), handlelength=1.8, handletextpad=0.4,
            labelspacing=0.25, borderpad=0, borderaxespad=0, ncols=2, columnspacing=1.0,
        )  # fmt: skip
    page.sheet.footer(*told, STAND_IN)
    return page.sheet.figure, page.table()


def _draw_spike(page: Page, box: Box, record: SimulatedAlignment) -> Axes:
    """CKA against sample size, with the same and with own inputs, with and without a penalty."""
    snr, ridge = _nearest(record.spec.snrs, SPIKE_SNR), max(record.spec.ridges)
    title = f"penalty (SNR {snr:g})"
    axes, letter = page.panel(box, title)
    for shared, colours in ((True, (BLUE, SKY)), (False, (VERMILLION, ORANGE))):
        inputs = "same inputs" if shared else "own inputs"
        plain = of_simulation(record, "cka", shared=shared)
        _draw_curve(page, axes, (letter, title), (inputs, "cka"), plain, snr, colours[0])
        if ridge > 0:
            found = of_simulation(record, "cka", shared=shared, ridge=ridge)
            told = f"{inputs}, ridge"
            _draw_curve(
                page, axes, (letter, title), (told, "cka"), found, snr, colours[1], ls=DASHED
            )
    _finish(axes, plain.ratios, snr)
    return axes


def _draw_outputs(page: Page, box: Box, record: SimulatedAlignment) -> Axes:
    """CKA against sample size with several outputs, as it is and less chance."""
    snr, counts = _nearest(record.spec.snrs, OUTPUTS_SNR), record.spec.outputs
    title = f"outputs (SNR {snr:g})"
    axes, letter = page.panel(box, title)
    colours = sequence_colours(len(counts))
    for measure, quantity, dashes in SHOWN:
        for outputs, colour in zip(counts, colours, strict=True):
            found = of_simulation(record, measure, outputs=outputs)
            name = f"{outputs} output" + "s" * (outputs > 1)
            told = name if quantity == "cka" else f"{outputs}, less chance"
            named = told, quantity
            _draw_curve(page, axes, (letter, title), named, found, snr, colour, ls=dashes)
    _finish(axes, found.ratios, snr)
    return axes


def _draw_curve(
    page: Page,
    axes: Axes,
    panel: tuple[str, str],
    named: tuple[str, str],
    found: Settings,
    snr: float,
    colour: Any,
    **style: Any,
) -> None:
    """Means with their bars, joined; ``named`` for the legend and for the table."""
    learners, quantity = named
    values = found.alignment[:, :, found.snrs.tolist().index(snr)]
    mean, spread = values.mean(axis=0), values.std(axis=0)
    axes.plot(found.ratios, mean, color=colour, lw=0.8, label=learners, **style)
    draw_repetitions(axes, found.ratios, values, colour, ms=2.0)
    page.note_values(*panel, quantity, found.ratios, snr, mean, spread, learners=learners)


def _finish(axes: Axes, ratios: np.ndarray, snr: float) -> None:
    fine = np.geomspace(ratios[0], ratios[-1], 400)
    axes.plot(fine, noise_alignment.hidden_cka(fine, snr), **CLOSED)
    draw_threshold(axes)
    set_samples(axes, ratios[0], ratios[-1], SAMPLES, "samples / inputs")
    set_alignment(axes, "")


def _draw_starts(page: Page, box: Box, starts: Sequence[TrainedEnsemble]) -> Axes:
    """CKA against the scale of the initial weights, before and after training."""
    samples, snr = starts[0].spec.samples[-1], starts[0].spec.snrs[-1]
    ratio = samples / starts[0].threshold
    axes, letter = page.panel(box, "initial weights")
    for record, colour in zip(starts, (VERMILLION, BLUE, GREEN), strict=False):
        start = "one start" if record.spec.initialisation == "shared" else "own start"
        for kind, dashes in (("trained", "-"), ("untrained", DOTTED)):
            rows = record.pair_kind == kind
            if kind == "trained":
                rows &= (record.pair_samples == samples) & (record.pair_snr == snr)
            keys = record.pair_draw[rows], record.pair_scale[rows]
            (_, scales), values = pivot(record.pair_cka[rows], *keys)
            told = start if kind == "trained" else "untrained"
            mean, spread = values.mean(axis=0), values.std(axis=0)
            axes.plot(scales, mean, color=colour, lw=0.8, ls=dashes, label=told)
            if kind == "trained":
                draw_repetitions(axes, scales, values, colour)
            page.note_values(
                letter, "initial weights", "cka", ratio, snr, mean, spread,
                learners=told, scale=scales,
            )  # fmt: skip
    axes.axhline(float(noise_alignment.hidden_cka(ratio, snr)), **CLOSED)
    set_samples(axes, scales[0], scales[-1], SCALES, "scale of initial weights")
    set_alignment(axes, "")
    return axes


def _nearest(known: Sequence[float], wanted: float) -> float:
    return min(known, key=lambda one: abs(np.log(one / wanted)))
