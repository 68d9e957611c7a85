"""The figures of linear probes, deleted blocks and ablated directions."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from edited_files import edited_hdf5
from figure_checks import check_figure, said
from figure_experiments import experiments
from figure_files import LARGE, SMALL, study
from hypothesis import given
from hypothesis import strategies as st

from repatlas.errors import InputError
from repatlas.experiments.results import Ablation, Deletion, LinearProbes
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.ablation import draw_ablation
from repatlas.figures.block_structure.answers import answers, cross_entropies
from repatlas.figures.block_structure.deletion import deleted_inside, draw_deletion
from repatlas.figures.block_structure.linear_probes import draw_linear_probes
from repatlas.figures.grid import PanelGrid
from repatlas.figures.inputs import Similarities
from repatlas.figures.layers import block_of
from repatlas.figures.layouts.ablation import AblationLayout
from repatlas.figures.layouts.deletion import DeletionLayout
from repatlas.figures.layouts.linear_probes import LinearProbesLayout
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns
from repatlas.figures.spec import Cell
from repatlas.figures.style import BLOCK
from repatlas.similarity.block import Block

SMALL_0, SMALL_1 = Cell(depth=SMALL, seed=0), Cell(depth=SMALL, seed=1)
LARGE_0, LARGE_1 = Cell(depth=LARGE, seed=0), Cell(depth=LARGE, seed=1)
ALL = (SMALL_0, SMALL_1, LARGE_0, LARGE_1)
CKA = "cka_minibatch"


@pytest.fixture(scope="module")
def similarities():
    return Similarities.open(study()["similarity"])


@pytest.fixture(scope="module")
def stores():
    return Stores.open(study()["stores"])


def opened(kind):
    name = kind.FORMAT.rsplit(".", 1)[-1]
    return Records.open(experiments()[name], kind)


def drawn(table, **values):
    return table[np.logical_and.reduce([table[key] == value for key, value in values.items()])]


def test_linear_probes_are_told_apart_by_place(similarities):
    layout = LinearProbesLayout(cells=ALL, columns=3)
    figure, table = draw_linear_probes(similarities, opened(LinearProbes), layout)
    check_figure(figure)
    record = opened(LinearProbes).find(LARGE_0)
    for quantity, chosen in (
        ("probe_accuracy_after_addition", record.after_addition),
        ("probe_accuracy_inside", ~record.after_addition),
    ):
        rows = drawn(table, panel="c", quantity=quantity)
        assert rows["x"].tolist() == record.layers[chosen].tolist()
        np.testing.assert_array_equal(rows["value"], record.test[chosen])
    text = said(figure)
    assert text.count("after additions") == 1
    assert text.count("did not fit") == 1


def test_detected_block_is_shaded_where_there_is_one(similarities):
    layout = LinearProbesLayout(cells=(SMALL_0, LARGE_0))
    figure, _ = draw_linear_probes(similarities, opened(LinearProbes), layout)
    small, large = figure.axes[:2]
    assert len(small.patches) == 0
    block = block_of(similarities, similarities.find(LARGE_0), CKA)
    (shade,) = large.patches
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == (
        block.first - 0.5,
        block.last + 0.5,
    )


def test_deletion_draws_one_line_a_stage(similarities):
    figure, table = draw_deletion(similarities, opened(Deletion), DeletionLayout(cells=ALL))
    check_figure(figure)
    record = opened(Deletion).find(LARGE_1)
    for stage in (1, 2, 3):
        rows = drawn(table, panel="d", quantity="accuracy", y=stage)
        own = record.stages == stage
        assert rows["x"].tolist() == record.deleted[own].tolist() == [0, 1, 2, 3]
        np.testing.assert_array_equal(rows["value"], record.accuracy[own])
    assert said(figure).count("from the end of stage 2") == 1


def test_rings_mark_deletions_within_the_block_alone(similarities):
    record, network = opened(Deletion).find(LARGE_0), similarities.find(LARGE_0)
    outputs = np.flatnonzero(network.block_outputs)
    second = outputs[network.stages[outputs] == 2]
    block = Block(
        tuple(second[-2:].tolist()) + tuple(outputs[network.stages[outputs] == 3].tolist())
    )
    inside = deleted_inside(record, network, block)
    assert inside[record.stages == 1].tolist() == [False] * 4
    assert inside[record.stages == 2].tolist() == [False, True, True, False]
    assert inside[record.stages == 3].tolist() == [False, True, True, True]
    assert not deleted_inside(record, network, None).any()
    figure, table = draw_deletion(similarities, opened(Deletion), DeletionLayout(cells=(SMALL_0,)))
    assert "all deleted ones" not in said(figure)
    assert not drawn(table, quantity="inside_block")["value"].any()
    rings = [line for line in figure.axes[0].lines if line.get_color() == BLOCK]
    assert not any(len(line.get_xdata()) for line in rings)


def test_ablation_groups_the_seeds_of_a_network(similarities, stores):
    figure, table = draw_ablation(similarities, stores, opened(Ablation), AblationLayout(cells=ALL))
    check_figure(figure)
    record = opened(Ablation).find(LARGE_1)
    rows = drawn(table, panel="d", sample="seed 1")
    for column, name in enumerate(("first", "second", "random")):
        values = drawn(rows, quantity=f"accuracy_without_{name}")
        assert values["x"].tolist() == record.layers.tolist()
        np.testing.assert_array_equal(values["value"], record.accuracy[:, column])
    whole = drawn(rows, quantity="accuracy_without_first_in_block")["value"]
    assert whole.tolist() == [record.block_accuracy]
    assert "accuracy_without_first_in_block" not in set(drawn(table, panel="c")["quantity"])
    assert set(drawn(table, panel="a")["title"]) == {"RN-8 1x", "RN-26 1x"}
    assert "train 100.0 / 60.0" in said(figure)


@pytest.mark.parametrize("cells", [(LARGE_0,), (SMALL_0, LARGE_0, LARGE_1)])
def test_ablation_of_few_networks(similarities, stores, cells):
    figure, _ = draw_ablation(similarities, stores, opened(Ablation), AblationLayout(cells=cells))
    check_figure(figure)


def test_three_networks_stand_below_each_other(similarities, stores):
    cells = tuple(
        cell.model_copy(update={"name": f"network {n}"}) for n, cell in enumerate(ALL[1:])
    )
    figure, table = draw_ablation(
        similarities, stores, opened(Ablation), AblationLayout(cells=cells)
    )
    check_figure(figure)
    assert table["panel"].nunique() == 5


class Outputs:
    """Stores whose networks classify the first images rightly, with certainty or without."""

    def __init__(self, component, right):
        self.component, self.right = component, right

    def first_components(self, network, layers):
        return np.arange(len(self.component)).astype(str), [self.component for _ in layers]

    def outputs(self, network):
        labels = np.zeros(len(self.right), dtype=np.int64)
        return labels, np.where(self.right[:, None], [[2.0, 0.0]], [[0.0, 2.0]])


def test_answers_are_split_by_the_magnitude_of_the_projection(similarities):
    component = np.array([0.1, -0.9, 0.2, 0.3, 0.05, 0.1, 0.1, -0.1, 0.1, 0.4])
    right = np.array([True, False, True, True, True, True, True, True, False, False])
    network = similarities.find(LARGE_0)
    found = answers(similarities, Outputs(component, right), network, CKA, 0.2)
    assert found.count == 2
    assert found.accuracy == (0, 7 / 8)
    wrong, correct = np.log1p(np.exp(2)), np.log1p(np.exp(-2))
    expected = (wrong, (7 * correct + wrong) / 8)
    assert found.cross_entropy == pytest.approx(expected)
    block = block_of(similarities, network, CKA)
    assert found.layer in block.outputs
    with pytest.raises(InputError, match="no image beside the dominant"):
        answers(similarities, Outputs(component, right), network, CKA, 0.99)


def test_labels_of_other_data_are_refused(similarities, tmp_path):
    network = similarities.find(SMALL_0)
    probe = {**network.probe_spec.model_dump(mode="json"), "data": "digits"}
    path = shutil.copy(study()["stores"][0], tmp_path / "store.h5")
    with edited_hdf5(path) as file:
        file.attrs["probe"] = json.dumps(probe)
    with pytest.raises(InputError, match="has the labels of digits"):
        Stores.open([path]).outputs(replace(network, probe=probe))


@given(st.lists(st.floats(-30, 30), min_size=2, max_size=5), st.floats(-100, 100))
def test_cross_entropy_does_not_change_with_a_shift(values, shift):
    logits, labels = np.array([values]), np.array([1])
    probabilities = np.exp(logits[0]) / np.exp(logits[0]).sum()
    expected = -np.log(probabilities[1])
    assert cross_entropies(logits + shift, labels)[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("count", "most", "lines", "columns"), [(1, 4, 1, 1), (4, 3, 2, 2), (5, 4, 2, 3), (8, 4, 2, 4)]
)
def test_panels_fill_even_lines(count, most, lines, columns):
    margins = Columns(1, 0.5, 0.3, 0.1)
    grid = PanelGrid.even(count, most, margins, height=1, header=0.4, below=0.3)
    assert (grid.lines, grid.columns.count) == (lines, columns)
    boxes = [grid.box(number) for number in range(count)]
    assert len({(box.left, box.top) for box in boxes}) == count
    assert grid.bottom == pytest.approx(boxes[-1].top + 1.3)
    assert sum(grid.is_lowest(number) for number in range(count)) == columns
