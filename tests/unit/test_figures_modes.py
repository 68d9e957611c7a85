"""The figure of modes and overlaps, from stand-ins with a planted block."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_experiments import EPOCHS, subject, trajectory
from figure_files import LARGE, SMALL, study

from repatlas.errors import InputError
from repatlas.experiments.results import Trajectory
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.dominance import carriers, chance, jaccard
from repatlas.figures.block_structure.modes import draw_modes
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.modes import ModesLayout
from repatlas.figures.records import Records
from repatlas.figures.spec import Cell
from repatlas.records import write_record
from repatlas.similarity.modes import participation_ratio
from repatlas.store.reader import ActivationStore

CELLS = tuple(Cell(depth=depth, seed=seed) for depth in (LARGE, SMALL) for seed in (0, 1))


@pytest.fixture(scope="module")
def opened():
    files = study()
    return Similarities.open(files["similarity"]), Stores.open(files["stores"])


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    path = tmp_path_factory.mktemp("records") / "trajectory.h5"
    with ActivationStore(study()["stores"][2]) as store:
        write_record(trajectory(subject(LARGE), store.ids), path)
    return Records.open([path], Trajectory)


@pytest.fixture(scope="module")
def drawn(opened, records):
    """Figure and table of all networks, with one of them in training."""
    layout = ModesLayout(cells=CELLS, trajectories=(CELLS[0],), fraction=0.1)
    return draw_modes(*opened, records, layout)


def overlaps(table, panel):
    return table[(table["quantity"] == "dominant_overlap") & (table["panel"] == panel)]


NONE = Records.open([], Trajectory)


def test_figure_has_lines_and_maps_of_every_network(drawn):
    figure, table = drawn
    check_figure(figure)
    assert [len(axes.get_lines()) for axes in figure.axes[:3]] == [5, 12, 5]
    maps = table[table["quantity"] == "dominant_overlap"]
    assert maps["panel"].unique().tolist() == ["d", "e", "f", "g", "h", "i"]
    text = said(figure)
    assert "did not fit" in text
    assert "across epochs, RN-26 1x, seed 0" in text
    assert f"chance: {chance(0.1):.3f}" in text


def test_lines_are_those_of_the_stored_components(drawn):
    _, table = drawn
    rows = table[table["quantity"] == "participation_ratio"]
    rows = rows[rows["title"] == "RN-26 1x, seed 0"]
    with ActivationStore(study()["stores"][2]) as store:
        outputs = [row for row, layer in enumerate(store.layers) if layer.block_output]
        vectors = store.component_vectors[outputs, 0]
    assert rows["x"].tolist() == outputs
    np.testing.assert_allclose(rows["value"], participation_ratio(vectors))


def test_block_outputs_of_a_block_share_their_dominant_images(opened, drawn):
    similarities, stores = opened
    rows = overlaps(drawn[1], "d")
    found = rows.pivot(index="y", columns="x", values="value").to_numpy()
    own = carriers(similarities, stores, similarities.find(CELLS[0]), "cka_minibatch")
    np.testing.assert_array_equal(found, jaccard(own.components, own.components, 0.1))
    assert found[-4:, -4:].mean() > 0.4
    assert found[0, -4:].mean() < 0.2


def test_networks_are_compared_at_their_own_reference_layers(opened, drawn):
    similarities, stores = opened
    networks = similarities.find_all(CELLS[:2])
    first, second = (carriers(similarities, stores, one, "cka_minibatch") for one in networks)
    expected = jaccard(first.component[None], second.component[None], 0.1)[0, 0]
    values = overlaps(drawn[1], "h").set_index(["first", "second"])["value"]
    assert len(values) == 16
    assert values["RN-26 1x, seed 0", "RN-26 1x, seed 1"] == expected
    assert values["RN-26 1x, seed 1", "RN-26 1x, seed 1"] == 1


def test_epochs_are_compared_with_each_other(drawn):
    rows = overlaps(drawn[1], "i")
    found = rows["value"].to_numpy().reshape(len(EPOCHS), len(EPOCHS))
    assert rows["first"].iloc[-1] == "final"
    np.testing.assert_array_equal(np.diag(found), 1)
    # The stand-in's dominant images change half-way through training.
    assert found[-1, -2] > 0.6 > found[-1, 2]


def test_record_that_is_asked_for_must_be_given(opened):
    layout = ModesLayout(cells=CELLS[:1], trajectories=(CELLS[0],))
    with pytest.raises(InputError, match="is in none of the --trajectory files"):
        draw_modes(*opened, NONE, layout)


def test_constant_layers_have_no_overlap():
    first = np.eye(3, 20)
    first[1] = np.nan
    found = jaccard(first, first, 0.2)
    np.testing.assert_array_equal(np.isnan(found), [[0, 1, 0], [1, 1, 1], [0, 1, 0]])


def test_chance_is_the_overlap_of_random_sets():
    vectors = np.random.default_rng(0).standard_normal((40, 2000))
    found = jaccard(vectors[:20], vectors[20:], 0.1)
    assert found.mean() == pytest.approx(chance(0.1), rel=0.05)
