"""Figures on sparse maps and clusters of units: that they show what the files hold."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_units import own, units
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_unit_records import ALPHAS, KNEE, clusters, sparse_maps

from repatlas.errors import InputError
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.clustered import ClusteredUnits, clustered_units
from repatlas.figures.units.clusters import draw_clusters
from repatlas.figures.units.group import Group
from repatlas.figures.units.mapped import row_order, targets
from repatlas.figures.units.mapping import draw_mapping
from repatlas.figures.units.predicted import predicted_layers
from repatlas.figures.units.prediction import draw_prediction
from repatlas.units.gathered import GatheredUnits


@pytest.fixture(scope="module")
def gathered():
    with GatheredUnits(units()["gathered"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def maps():
    return sparse_maps(units()["gathered"])


@pytest.fixture(scope="module")
def clustered():
    return clusters(units()["gathered"])


@pytest.fixture(scope="module")
def mapping(gathered, maps):
    return draw_mapping(gathered, maps, units()["data"], UnitsLayout(count=3))


@pytest.fixture(scope="module")
def prediction(maps):
    return draw_prediction(maps, UnitsLayout())


@pytest.fixture(scope="module")
def cluster_figure(gathered, clustered):
    return draw_clusters(gathered, clustered, units()["data"], UnitsLayout())


def test_weights_are_drawn_with_a_row_a_predicted_unit(gathered, maps, mapping):
    figure, table = mapping
    check_figure(figure)
    rows = own(table, quantity="weight")
    assert set(zip(rows["first"], rows["second"], strict=True)) == {("seed 0", "seed 1")}
    values = rows.pivot(index="unit", columns="match", values="value").to_numpy()
    moments = gathered.moments(0)
    alive = np.outer(moments.alive(0), moments.alive(1))
    np.testing.assert_array_equal(values[alive], maps.shown_weights[alive])
    assert np.isnan(values[~alive]).all()
    drawn = figure.axes[0].get_images()[0].get_array()
    order = rows["match"].drop_duplicates().tolist()
    np.testing.assert_array_equal(drawn.filled(np.nan), values[:, order].T)


def test_targets_have_their_three_strongest_predictors_in_falling_order(maps, mapping):
    _, table = mapping
    for panel in "def":
        weights = own(table, panel=panel, quantity="shown_weight")
        unit = int(weights["match"].iloc[0])
        expected = np.sort(np.abs(maps.shown_weights[:, unit]))[::-1][:3]
        np.testing.assert_allclose(np.abs(weights["value"]), expected)
        np.testing.assert_array_equal(
            weights["value"], maps.shown_weights[weights["unit"].astype(int), unit]
        )
        patches = own(table, panel=panel, quantity="top_activation")
        assert patches.groupby(["first", "unit"]).ngroups == 4


def test_targets_are_spread_over_the_errors(maps):
    rows = (maps.layer == "conv1") & (maps.first == 0) & (maps.second == 1) & (maps.alpha == KNEE)
    errors = np.sort(maps.heldout_error[rows & (maps.predictors > 0)])
    found = [target.error for target in targets(maps, 3)]
    assert found == errors[[1, 5, 9]].tolist()
    assert len(targets(maps, 500)) == len(errors)


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_rows_follow_their_strongest_predictors(predicting, predicted, seed):
    generator = np.random.default_rng(seed)
    weights = generator.standard_normal((predicting, predicted))
    weights[:, generator.random(predicted) < 0.3] = 0
    order = row_order(weights)
    assert sorted(order) == list(range(predicted))
    strongest = [np.abs(weights[:, unit]).argmax() for unit in order if weights[:, unit].any()]
    assert strongest == sorted(strongest)
    assert not weights[:, order[len(strongest) :]].any()


def test_map_without_any_weight_is_drawn_without_targets(gathered, maps):
    nothing = dict(vars(maps))
    nothing["predictors"] = np.zeros_like(maps.predictors)
    nothing["shown_weights"] = np.zeros_like(maps.shown_weights)
    for name in ("top_share", "top_three_share"):
        nothing[name] = np.full_like(maps.top_share, np.nan)
    layout = UnitsLayout(scale_note=False)
    figure, table = draw_mapping(gathered, type(maps)(**nothing), units()["data"], layout)
    check_figure(figure)
    assert set(table["panel"]) == {"", "a", "b", "c"}


def test_errors_are_means_over_units_then_over_pairs(maps, prediction):
    figure, table = prediction
    check_figure(figure)
    for alpha in (0.0, 0.1):
        rows = (maps.layer == "conv2") & np.isclose(maps.alpha, alpha)
        by_pair = [
            maps.heldout_error[rows & (maps.first == first) & (maps.second == second)].mean()
            for first in range(3)
            for second in range(3)
            if first != second
        ]
        drawn = own(table, panel="a", layer="conv2", alpha=alpha).set_index("quantity")["value"]
        assert drawn["mean_error"] == pytest.approx(np.mean(by_pair))
        assert drawn["lowest_error"] == pytest.approx(min(by_pair))
        assert drawn["highest_error"] == pytest.approx(max(by_pair))


def test_numbers_of_predictors_are_medians_over_units(maps, prediction):
    _, table = prediction
    (layer,) = predicted_layers(maps, ["conv1"])
    rows = (maps.layer == "conv1") & (maps.first == 2) & (maps.second == 0) & (maps.alpha == KNEE)
    column = [(a, b) for a in range(3) for b in range(3) if a != b].index((2, 0))
    strength = sorted(ALPHAS).index(KNEE)
    assert layer.predictors[strength, column] == np.median(maps.predictors[rows])
    drawn = own(table, panel="b", layer="conv1", quantity="mean_predictors", alpha=KNEE)
    assert drawn["value"].item() == pytest.approx(layer.predictors[strength].mean())


def test_strength_0_stands_apart_and_the_table_has_every_strength(prediction):
    figure, table = prediction
    lines = [line.get_xdata() for line in figure.axes[0].get_lines() if len(line.get_xdata()) > 2]
    assert min(np.min(line) for line in lines) == min(alpha for alpha in ALPHAS if alpha)
    (layer, *_) = own(table, quantity="mean_error")["layer"]
    cells = own(table, layer=layer, quantity="mean_error")
    for error in cells["value"]:
        assert f"{error:.3f}".removeprefix("0") in said(figure)
    np.testing.assert_allclose(cells["decay"], cells["alpha"] / 12)


def test_figure_without_least_squares_has_no_place_for_it(maps):
    rows = maps.alpha > 0
    fields = {
        name: value[rows] if isinstance(value, np.ndarray) and len(value) == len(rows) else value
        for name, value in vars(maps).items()
    }
    figure, table = draw_prediction(type(maps)(**fields), UnitsLayout(layers=("conv2",)))
    check_figure(figure)
    assert set(table["layer"]) == {"", "conv2"}
    assert "0" not in [label.get_text() for label in figure.axes[0].get_xticklabels()]


def test_matrix_of_clusters_holds_all_live_units_by_the_leaves(gathered, clustered):
    pair = Group.of(gathered.networks).pair(UnitsLayout())
    found = clustered_units(gathered, clustered, 0, pair)
    moments = gathered.moments(0)
    assert len(found.unit) == moments.alive(0).sum() + moments.alive(1).sum()
    np.testing.assert_allclose(np.diagonal(found.correlation), 1)
    place, other = 3, 7
    expected = moments.correlation(int(found.side[place]), int(found.side[other]))
    assert found.correlation[place, other] == expected[found.unit[place], found.unit[other]]
    # Clusters are cut from the tree, so each of them is one run of leaves.
    assert len(set(found.cluster)) == 1 + np.count_nonzero(np.diff(found.cluster))


def test_tree_stands_over_its_leaves(gathered, clustered, cluster_figure):
    figure, _ = cluster_figure
    check_figure(figure)
    (lines,) = figure.axes[0].collections
    feet = np.concatenate([line[[0, -1]] for line in lines.get_segments()])
    leaves = sorted(feet[feet[:, 1] == 0][:, 0])
    pair = Group.of(gathered.networks).pair(UnitsLayout())
    units_drawn = clustered_units(gathered, clustered, 0, pair)
    np.testing.assert_allclose(leaves, np.arange(len(units_drawn.unit)))
    # The first merge joins neighbours in the order of the matrix, at their distance.
    first = min(lines.get_segments(), key=lambda line: line[:, 1].max())
    one, other = (round(x) for x in first[[0, -1], 0])
    distance = 1 - units_drawn.correlation[one, other]
    assert other - one == 1
    assert first[:, 1].max() == pytest.approx(distance)


def test_shown_clusters_are_mixed_ones_of_a_few_units_that_correlate_most():
    # A single match, a weak and a strong cluster of two, a large one, units of one network.
    sides = [[0, 1], [0, 0, 1, 1], [0, 1, 1, 0], [0] * 4 + [1] * 4, [0, 0]]
    between = [0.9, 0.3, 0.5, 0.7, 0.8]
    side, cluster = np.concatenate(sides), np.repeat(range(5), list(map(len, sides)))
    correlation = np.eye(len(side))
    for number, value in enumerate(between):
        own = np.flatnonzero(cluster == number)
        correlation[np.ix_(own, own)] = value
    found = ClusteredUnits(side, np.arange(len(side)), cluster, correlation, np.empty((0, 4)))
    shown = found.closest(10)
    assert [block.start for block in shown] == [6, 2, 0, 10]
    assert [block.between for block in shown] == pytest.approx([0.5, 0.3, 0.9, 0.7])
    assert found.closest(2) == shown[:2]


def test_shares_of_mixed_clusters_are_those_of_the_record(clustered, cluster_figure):
    _, table = cluster_figure
    rows = (clustered.layer == "conv2") & (clustered.first == 0) & (clustered.second == 2)
    both = (clustered.first_units > 0) & (clustered.second_units > 0)
    names = {"layer": "conv2", "first": "seed 0", "second": "seed 2"}
    drawn = own(table, quantity="mixed", **names)
    assert drawn["value"].item() == pytest.approx(both[rows].mean())
    assert own(table, quantity="overlap", **names)["value"].item() == pytest.approx(0.7)
    assert own(table, quantity="null_mixed", **names)["value"].item() == pytest.approx(0.35)


def test_networks_that_did_not_fit_are_said(cluster_figure, prediction):
    for figure, _ in (cluster_figure, prediction):
        assert "seed 2, did not fit" in said(figure)


def test_other_networks_or_layers_are_refused(gathered, maps):
    fields = dict(vars(maps)) | {"subjects": maps.subjects[::-1]}
    with pytest.raises(InputError, match="--gathered is about"):
        draw_mapping(gathered, type(maps)(**fields), units()["data"], UnitsLayout())
    with pytest.raises(InputError, match="there is no layer conv7"):
        draw_prediction(maps, UnitsLayout(layers=("conv7",)))
