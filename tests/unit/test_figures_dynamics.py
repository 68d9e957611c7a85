"""The figures of a network over its training, from stand-ins that settle half-way."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_experiments import DOMINANT, EPOCHS, STEPS, experiments, subject, trajectory
from figure_files import LARGE, SMALL
from hypothesis import given
from hypothesis import strategies as st

from repatlas.errors import InputError
from repatlas.experiments.results import Trajectory
from repatlas.figures.block_structure.dynamics import draw_dynamics
from repatlas.figures.block_structure.followed import follow, oriented
from repatlas.figures.block_structure.settling import settling
from repatlas.figures.block_structure.steps import draw_steps, step_edges
from repatlas.figures.block_structure.tracking import draw_tracking
from repatlas.figures.epochs import chosen_epochs, followed_layer
from repatlas.figures.layouts.dynamics import DynamicsLayout
from repatlas.figures.layouts.steps import StepsLayout
from repatlas.figures.layouts.tracking import TrackingLayout
from repatlas.figures.records import Records, network_of
from repatlas.figures.spec import Cell
from repatlas.records import write_record

SMALL_0, SMALL_1 = Cell(depth=SMALL, seed=0), Cell(depth=SMALL, seed=1)
LARGE_0, LARGE_1 = Cell(depth=LARGE, seed=0), Cell(depth=LARGE, seed=1)


@pytest.fixture(scope="module")
def records():
    return Records.open(experiments()["trajectory"], Trajectory)


@pytest.fixture(scope="module")
def dynamics(records):
    layout = DynamicsLayout(cell=LARGE_0, others=(LARGE_1,))
    return draw_dynamics(records, experiments()["data"], layout)


def drawn(table, **values):
    return table[np.logical_and.reduce([table[key] == value for key, value in values.items()])]


def test_dynamics_shows_every_checkpoint_with_its_values(records, dynamics):
    figure, table = dynamics
    check_figure(figure)
    record, network = records.find(LARGE_0), records.network(LARGE_0)
    assert all(f"epoch {epoch}" in said(figure).split("\n") for epoch in EPOCHS)
    layers = np.flatnonzero(network.kinds == "relu")
    for quantity, every in (
        ("cka_within_checkpoint", record.cka_within),
        ("cka_with_final_network", record.cka_final),
    ):
        rows = drawn(table, quantity=quantity, title="epoch 2")
        shown = rows.pivot(index="y", columns="x", values="value").to_numpy()
        np.testing.assert_array_equal(shown, every[2][np.ix_(layers, layers)])


def test_second_row_has_the_final_network_on_the_horizontal_axis(records, dynamics):
    asymmetric = records.find(LARGE_0)
    rows = drawn(dynamics[1], quantity="cka_with_final_network", title="epoch 8")
    one = rows.iloc[100]
    assert one["value"] == asymmetric.cka_final[4][int(one["y"]), int(one["x"])]


def test_dynamics_shows_the_dominant_images_of_each_checkpoint(records, dynamics):
    figure, table = dynamics
    record = records.find(LARGE_0)
    place = followed_layer(record, records.network(LARGE_0), None)
    for compared, told in ((1, "epoch 1"), (-1, "epoch 40")):
        time = record.compared[compared]
        furthest = np.argsort(-np.abs(record.components[time, place]))[:8]
        rows = drawn(table, quantity="rank", title=told).sort_values("value")
        assert rows["sample"].tolist() == record.ids[furthest].tolist()
    framed = [len(axes.patches) for axes in figure.axes if len(axes.get_images()) == 8]
    assert len(framed) == len(EPOCHS)
    assert framed[-1] == 8
    assert framed[1] < DOMINANT


def test_shape_settles_before_content(records, dynamics):
    _, table = dynamics
    record = records.find(LARGE_0)
    shape, content = settling(record, records.network(LARGE_0))
    assert shape[1] > 0.99 > shape[0]
    assert (content[:5] < 0.2).all()
    assert shape[-1] == content[-1] == 1
    rows = drawn(table, quantity="content_agreement", title="RN-26 1x, seed 0")
    assert rows["x"].tolist() == list(EPOCHS)
    np.testing.assert_array_equal(rows["value"], content)
    assert "RN-26 1x, seed 1" in set(drawn(table, quantity="shape_agreement")["title"])


def test_settling_leaves_out_what_has_no_value():
    about = subject(SMALL)
    whole = trajectory(about, [f"image {row}" for row in range(20)])
    network = network_of(about)
    expected = settling(whole, network)
    inner = next(row for row, layer in enumerate(about.layers) if not layer.block_output)
    whole.cka_within[:, inner], whole.cka_final[:, inner] = np.nan, np.nan
    np.testing.assert_array_equal(settling(whole, network), expected)
    whole.cka_final[0] = np.nan
    whole.cka_within[0] = np.nan
    shape, content = settling(whole, network)
    assert np.isnan([shape[0], content[0]]).all()
    np.testing.assert_array_equal(shape[1:], expected[0][1:])


def test_epochs_may_be_named(records):
    layout = DynamicsLayout(cell=SMALL_1, epochs=(1, 40), scale_note=False)
    figure, table = draw_dynamics(records, experiments()["data"], layout)
    check_figure(figure)
    shown = drawn(table, quantity="rank")["title"]
    assert list(dict.fromkeys(shown)) == ["epoch 1", "epoch 40"]
    assert "did not fit" in said(figure)
    with pytest.raises(InputError, match=r"no checkpoint after epoch 3 of .*; there are: 0, 1, 2"):
        draw_dynamics(records, experiments()["data"], layout.model_copy(update={"epochs": (3,)}))


def test_final_network_stands_for_its_epoch(records):
    record, network = records.find(LARGE_0), records.network(LARGE_0)
    epochs = record.epochs.copy()
    epochs[record.compared[-2]] = epochs[-1]
    twice = Trajectory(**{**vars(record), "epochs": epochs})
    last = len(record.compared) - 1
    assert chosen_epochs(twice, network, None, 20) == [*range(last - 1), last]
    assert chosen_epochs(twice, network, (40,), 20) == [last]


@pytest.mark.parametrize("count", [2, 3, 5, 9, 10])
def test_epochs_are_spread_from_first_to_last(records, count):
    places = chosen_epochs(records.find(LARGE_0), records.network(LARGE_0), None, count)
    assert (places[0], places[-1]) == (0, len(EPOCHS) - 1)
    assert len(set(places)) == len(places) == min(count, len(EPOCHS))


def test_layer_followed_must_be_a_block_output(records):
    record, network = records.find(LARGE_0), records.network(LARGE_0)
    outputs = np.flatnonzero(network.block_outputs)
    assert followed_layer(record, network, int(outputs[3])) == 3
    with pytest.raises(InputError, match=r"layer: 5 is no block output of RN-26.*these are: 3, "):
        followed_layer(record, network, 5)
    unmarked = network_of(subject(SMALL))
    unmarked.block_outputs[:] = False
    with pytest.raises(InputError, match="has no block outputs"):
        followed_layer(record, unmarked, None)


def test_tracking_follows_the_final_network_s_images(records):
    layout = TrackingLayout(cells=(LARGE_0, LARGE_1), images=3)
    figure, table = draw_tracking(records, experiments()["data"], layout)
    check_figure(figure)
    record = records.find(LARGE_0)
    found = follow(record, records.network(LARGE_0), None, 3)
    rows = drawn(table, quantity="projection", panel="a", sample=found.ids[0])
    assert rows["x"].tolist() == list(EPOCHS)
    np.testing.assert_array_equal(rows["value"], found.projections[:, 0])
    component = record.components[-1, list(found.outputs).index(found.layer)]
    largest = np.sqrt(len(component)) * np.abs(component).max()
    assert rows["value"].iloc[-1] == pytest.approx(largest)
    late = rows["value"].to_numpy()[np.array(EPOCHS) >= EPOCHS[-1] / 2]
    assert late.min() > 2 > np.abs(rows["value"].to_numpy()[1:4]).max()
    pictures = [axes for axes in figure.axes if len(axes.get_images()) == 3]
    assert len(pictures) == 2


def test_tracking_compares_the_norm_with_the_median(records):
    layout = TrackingLayout(cells=(LARGE_1,), epochs=(0, 40), layer=None)
    _, table = draw_tracking(records, experiments()["data"], layout)
    record = records.find(LARGE_1)
    found = follow(record, records.network(LARGE_1), None, 1)
    rows = drawn(table, quantity="norm_ratio", y=40)
    norms = record.norms[-1]
    expected = norms[:, found.images[0]] / np.median(norms, axis=1)
    np.testing.assert_allclose(rows["value"], expected)
    assert set(drawn(table, quantity="norm_ratio")["y"]) == {0, 40}
    assert rows["x"].tolist() == found.outputs.tolist()


@given(st.lists(st.sampled_from([-1.0, 1.0]), min_size=4, max_size=4))
def test_signs_of_components_do_not_matter(signs):
    components = np.random.default_rng(0).standard_normal((4, 12))
    turned = oriented(components * np.array(signs)[:, None])
    np.testing.assert_array_equal(turned, oriented(components))
    assert turned[-1, np.abs(turned[-1]).argmax()] > 0
    assert (turned @ turned[-1] >= 0).all()


def test_constant_final_layer_has_no_sign_and_no_images():
    about = subject(SMALL)
    record = trajectory(about, [f"image {row}" for row in range(20)])
    record.components[-1] = np.nan
    found = follow(record, network_of(about), None, 3)
    assert found.ids.size == 0
    assert np.isnan(found.norm_ratio).all()


def test_steps_show_single_steps_alone(records):
    figure, table = draw_steps(records, StepsLayout(cells=(LARGE_0, SMALL_0)))
    check_figure(figure)
    record = records.find(LARGE_0)
    rows = drawn(table, quantity="first_component_share", panel="a")
    shown = rows.pivot(index="y", columns="x", values="value")
    assert shown.index.tolist() == [0, *STEPS]
    np.testing.assert_array_equal(shown.to_numpy(), record.share[: len(STEPS) + 1])
    assert figure.axes[0].get_ylim() == (-0.5, 105)


def test_steps_tell_of_layers_without_a_value_only_where_there_are(records):
    figure, _ = draw_steps(records, StepsLayout(cells=(SMALL_0,)))
    assert "no value" not in said(figure)


def test_network_without_steps_is_refused(tmp_path, records):
    whole = trajectory(subject(SMALL), [f"image {row}" for row in range(20)], steps=())
    write_record(whole, tmp_path / "whole.h5")
    opened = Records.open([tmp_path / "whole.h5"], Trajectory)
    with pytest.raises(InputError, match="no checkpoint after single steps"):
        draw_steps(opened, StepsLayout(cells=(SMALL_0,)))


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20, unique=True))
def test_each_step_lies_in_its_own_band(values):
    steps = np.array(sorted(values))
    edges = step_edges(steps)
    assert (edges[:-1] < steps).all()
    assert (steps < edges[1:]).all()
