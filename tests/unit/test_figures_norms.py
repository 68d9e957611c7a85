"""Activation norms of dominant images."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_files import LARGE, SMALL, study
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr, spearmanr

from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.normed import normed_networks, pearson, spearman
from repatlas.figures.block_structure.norms import draw_norms
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.norms import NormsLayout
from repatlas.figures.spec import Cell
from repatlas.store.reader import ActivationStore

LARGE_0, LARGE_1 = Cell(depth=LARGE, seed=0), Cell(depth=LARGE, seed=1)
SMALL_1 = Cell(depth=SMALL, seed=1)


@pytest.fixture(scope="module")
def opened():
    files = study()
    return Similarities.open(files["similarity"]), Stores.open(files["stores"]), files["data"]


@pytest.fixture(scope="module")
def drawn(opened):
    return draw_norms(*opened, NormsLayout(cells=(LARGE_0, SMALL_1)))


def rows_of(table, panel, quantity):
    return table[(table["panel"] == panel) & (table["quantity"] == quantity)]


def test_table_holds_the_stored_norms(drawn):
    figure, table = drawn
    check_figure(figure)
    with ActivationStore(study()["stores"][2]) as store:
        norms, ids = store.activation_norms.astype(float), store.ids
        outputs = [row for row, layer in enumerate(store.layers) if layer.block_output]
        layer = rows_of(table, "c", "norm")["x"].iloc[0]
        furthest = np.argmax(np.abs(store.component_vectors[layer, 0]))
    median = rows_of(table, "b", "norm_median")
    assert median["x"].tolist() == outputs
    np.testing.assert_allclose(median["value"], np.median(norms[outputs], axis=1))
    dominant = rows_of(table, "b", "norm_dominant")
    np.testing.assert_allclose(dominant["value"], norms[outputs, furthest])
    np.testing.assert_allclose(rows_of(table, "c", "norm")["value"], norms[layer])
    assert rows_of(table, "c", "norm")["sample"].tolist() == ids.tolist()


def test_planted_dominant_image_has_a_large_norm_in_the_block_alone(drawn):
    ratio = (
        rows_of(drawn[1], "b", "norm_dominant")["value"].to_numpy()
        / rows_of(drawn[1], "b", "norm_median")["value"].to_numpy()
    )
    assert ratio[:2].max() < 2
    assert ratio[4:].min() > 4


def test_correlations_in_the_panel_are_those_of_what_it_shows(drawn):
    for panel in ("c", "f"):
        norms = rows_of(drawn[1], panel, "norm")["value"]
        projections = rows_of(drawn[1], panel, "projection")["value"]
        linear = rows_of(drawn[1], panel, "pearson")["value"].item()
        ranks = rows_of(drawn[1], panel, "spearman")["value"].item()
        assert linear == pytest.approx(pearsonr(projections, norms).statistic)
        assert ranks == pytest.approx(spearmanr(projections, norms).statistic)
        assert f"Pearson {linear:.2f} · Spearman {ranks:.2f}" in said(drawn[0])


def test_furthest_image_is_positive_and_among_the_dominant_ones(opened):
    layout = NormsLayout(cells=(LARGE_0, LARGE_1), fraction=0.1)
    for row in normed_networks(opened[0], opened[1], layout):
        assert row.projections[row.furthest] == np.abs(row.projections).max()
        assert row.dominant[row.furthest]
        assert row.dominant.sum() == 6
        assert np.abs(row.projections)[row.dominant].min() >= max(
            np.abs(row.projections)[~row.dominant]
        )
        assert np.square(row.projections).mean() == pytest.approx(1, rel=1e-4)


def test_network_that_did_not_fit_is_marked(drawn):
    assert said(drawn[0]).count("did not fit") == 1


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=30))
def test_correlations_agree_with_scipy(pairs):
    x, y = np.array(pairs, dtype=float).T
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert np.isnan(pearson(x, y))
        assert np.isnan(spearman(x, y))
        return
    assert pearson(x, y) == pytest.approx(pearsonr(x, y).statistic, abs=1e-9)
    assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic, abs=1e-9)
