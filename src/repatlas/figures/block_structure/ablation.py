"""Whether the block matters to the classifier. Beyond the papers.

Accuracy and cross-entropy on dominant images against the others, and accuracy with single
directions of a layer projected out at inference.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.experiments.results import Ablation
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.answers import MEASURES, Answers, answers
from repatlas.figures.depth import STAGES_NOTE, set_depth
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.layers import block_of
from repatlas.figures.layouts.ablation import AblationLayout
from repatlas.figures.marks import HEADER, draw_title
from repatlas.figures.panels import Box, Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, GREEN, RULE, SMALL, VERMILLION, styled
from repatlas.figures.tables import line_rows
from repatlas.similarity.block import Block

LEFT, WIDTH, BETWEEN, RIGHT = 0.5, 1.75, 0.75, 0.12
"""Inches before and of the left panels, between the sides, and behind the right ones."""
HEIGHT, BELOW, LEGEND = 1.35, 0.4, 0.22
DIRECTIONS = {
    "without_first": ("first component", VERMILLION),
    "without_second": ("second component", BLUE),
    "without_random": ("random direction", GREEN),
}
NOTE = (
    "One line a seed. Large dots: layers in its detected block; bar: first component taken out "
    "of all of them at once. Dotted: nothing taken out."
)
STEP = 0.42
"""Distance of the two columns of one network, as a part of that between networks."""


@dataclass(frozen=True)
class _Seed:
    """One network of the figure with all that is shown of it."""

    network: Network
    record: Ablation
    answers: Answers
    block: Block | None


@styled
def draw_ablation(
    similarities: Similarities,
    stores: Stores,
    records: Records[Ablation],
    layout: AblationLayout,
) -> tuple[Figure, pd.DataFrame]:
    """Left: answers to dominant and other images; right: accuracy without single directions.

    Networks of one label, such as all seeds of RN-56 1x, stand together.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample`` (the seed). Quantities are
        ``accuracy_dominant``, ``accuracy_others``, ``cross_entropy_dominant`` and
        ``cross_entropy_others`` (x: reference layer), ``accuracy_without_first``, ``_second`` and
        ``_random`` (x: layer), ``accuracy_without_first_in_block``, ``accuracy_whole``,
        ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        A network is absent from the records, the stores or the similarity files.
    """
    groups: dict[str, list[_Seed]] = {}
    for cell in layout.cells:
        network = similarities.find(cell)
        found = answers(similarities, stores, network, layout.measure, layout.fraction)
        block = block_of(similarities, network, layout.measure)
        seed = _Seed(network, records.find(cell), found, block)
        groups.setdefault(cell.name or network.run.label, []).append(seed)
    rows = max(len(MEASURES), len(groups))
    pitch = HEADER + HEIGHT + BELOW
    height = rows * pitch + LEGEND + footer_height(2 + layout.scale_note)
    panels = Panels(Sheet.of_height(height), similarities, layout)
    room = rows * pitch
    for number, measure in enumerate(MEASURES):
        box = _box(room, len(MEASURES), number, LEFT, WIDTH)
        _draw_answers(panels, box.axes(panels.sheet), measure, groups)
    left = LEFT + WIDTH + BETWEEN
    for number, (title, seeds) in enumerate(groups.items()):
        box = _box(room, len(groups), number, left, panels.sheet.width - left - RIGHT)
        axes = box.axes(panels.sheet)
        _draw_directions(panels, axes, title, seeds)
        if number == len(groups) - 1:
            axes.set_xlabel("layer (block outputs)")
            _draw_legend(panels, axes, left, room)
    panels.notes(NOTE, STAGES_NOTE)
    return panels.sheet.figure, panels.table()


def _box(room: float, count: int, number: int, left: float, width: float) -> Box:
    """Place of one of several panels that fill a column from top to bottom."""
    pitch = room / count
    return Box(left, number * pitch + HEADER, width, pitch - HEADER - BELOW)


def _draw_answers(panels: Panels, axes: Axes, measure: str, groups: dict[str, list[_Seed]]) -> None:
    """Two columns of dots a network, dominant images and others; a line joins those of a seed."""
    letter = panels.next_letter()
    for place, (title, seeds) in enumerate(groups.items()):
        ends = np.array([place - STEP / 2, place + STEP / 2])
        for seed in seeds:
            values = np.array(getattr(seed.answers, measure))
            axes.plot(ends, values, color=RULE, lw=0.8, zorder=1)
            axes.scatter(ends, values, c=[VERMILLION, BLUE], s=12, lw=0, zorder=2, clip_on=False)
            layers = np.full(1, seed.answers.layer)
            for value, told in zip(values, ("dominant", "others"), strict=True):
                drawn = line_rows(letter, title, f"{measure}_{told}", layers, value[None])
                panels.add_rows(drawn.assign(sample=_seed_name(seed)))
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.set_xticks(range(len(groups)), list(groups))
    axes.set_ylim(bottom=0)
    if measure == "accuracy":
        axes.set_ylim(top=1.02)
        for colour, told in ((VERMILLION, "dominant images"), (BLUE, "all others")):
            axes.plot([], [], ".", ms=7, mew=0, color=colour, label=told)
        axes.legend(loc="lower left", handletextpad=0.1, labelspacing=0.2, borderaxespad=0.1)
    axes.set_ylabel({"accuracy": "accuracy", "cross_entropy": "cross-entropy (nats)"}[measure])
    count = sorted({seed.answers.count for seeds in groups.values() for seed in seeds})
    text = f"{' or '.join(map(str, count))} dominant images"
    draw_title(axes, letter, text if measure == "accuracy" else "")


def _seed_name(seed: _Seed) -> str:
    run = seed.network.run
    return f"seed {run.seed}" if run.seed == run.order else f"seed {run.seed}, order {run.order}"


def _draw_directions(panels: Panels, axes: Axes, title: str, seeds: list[_Seed]) -> None:
    letter = panels.next_letter()
    for seed in seeds:
        record, told = seed.record, {"sample": _seed_name(seed)}
        layers = record.layers.astype(np.intp)
        axes.axhline(record.whole_accuracy, color=FAINT, lw=0.7, ls=(0, (1, 1.5)), zorder=0)
        for column, (quantity, (_, colour)) in enumerate(DIRECTIONS.items()):
            values = record.accuracy[:, column]
            order = 3 - column
            axes.plot(layers, values, color=colour, lw=0.8, zorder=order)
            if seed.block is not None:
                inside = np.isin(layers, seed.block.outputs)
                dots = layers[inside], values[inside]
                axes.plot(*dots, "o", color=colour, ms=3.4, mew=0, zorder=order)
            drawn = line_rows(letter, title, f"accuracy_{quantity}", layers, values)
            panels.add_rows(drawn.assign(**told))
        whole = np.full(len(layers), record.whole_accuracy)
        panels.add_rows(line_rows(letter, title, "accuracy_whole", layers, whole).assign(**told))
        _draw_block(panels, axes, letter, title, seed)
    axes.set(ylim=(0, 1.02), ylabel="accuracy")
    set_depth(axes, seeds[0].network)
    panels.header(axes, letter, title, *(seed.network for seed in seeds))


def _draw_block(panels: Panels, axes: Axes, letter: str, title: str, seed: _Seed) -> None:
    """Accuracy without the first component in the whole block, as a bar across it."""
    value = float(seed.record.block_accuracy)
    if seed.block is None or np.isnan(value):
        return
    ends = [seed.block.first - 2, seed.block.last + 2]
    axes.plot(ends, [value, value], color=VERMILLION, lw=2.4, alpha=0.45, solid_capstyle="butt")
    layers = np.array(seed.block.outputs[:1], dtype=np.intp)
    quantity = "accuracy_without_first_in_block"
    drawn = line_rows(letter, title, quantity, layers, np.array([value]))
    panels.add_rows(drawn.assign(sample=_seed_name(seed)))


def _draw_legend(panels: Panels, axes: Axes, left: float, top: float) -> None:
    sheet = panels.sheet
    sheet.text(left - 0.4, top + 0.03, "taken out:", fontsize=SMALL)
    handles = [axes.plot([], [], color=colour)[0] for _, colour in DIRECTIONS.values()]
    sheet.figure.legend(
        handles, [name for name, _ in DIRECTIONS.values()], loc="upper left", ncols=3,
        bbox_to_anchor=((left + 0.12) / sheet.width, 1 - top / sheet.height), borderaxespad=0.1,
        columnspacing=1.2,
    )  # fmt: skip
