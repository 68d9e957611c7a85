"""Procrustes similarity, mutual neighbours and RSA: what they share and where they differ."""

import numpy as np
import pytest
from feature_stores import write_feature_store
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_definitions import (
    neighbours_definition,
    procrustes_definition,
    related_layers,
    rsa_definition,
    table,
    turned,
)

from repatlas.similarity.cka import cka
from repatlas.similarity.features import feature_grams
from repatlas.similarity.geometry import batch_geometry
from repatlas.similarity.kernels import pair_values
from repatlas.similarity.neighbours import neighbour_overlaps
from repatlas.similarity.rsa import distance_correlations
from repatlas.similarity.shape import procrustes_similarities
from repatlas.store.reader import ActivationStore

seeds = st.integers(0, 2**32 - 1)
NEAR = 5


def from_source(source, layers):
    geometry = batch_geometry(source, 0, range(layers))
    distances = geometry.squared_distances()
    return {
        "procrustes": procrustes_similarities(geometry.grams),
        "neighbours": neighbour_overlaps(distances, NEAR),
        "rsa": distance_correlations(pair_values(distances)),
    }


def measure(layers):
    return from_source(feature_grams(layers, batch_size=1000), len(layers))


def defined(layers):
    return {
        "procrustes": table(procrustes_definition, layers),
        "neighbours": table(neighbours_definition, layers, NEAR),
        "rsa": table(rsa_definition, layers),
    }


@pytest.mark.parametrize("offset", [0, 30])
def test_store_gives_the_definition_on_the_raw_features(tmp_path, offset):
    layers = related_layers(np.random.default_rng(0), 60, (6, 40, 150), offset)
    write_feature_store(tmp_path / "store.h5", layers, batch=1000)
    with ActivationStore(tmp_path / "store.h5") as store:
        found = from_source(store, 3)
    for name, expected in defined([layer.astype(np.float64) for layer in layers]).items():
        # A rounded distance may exchange two neighbours of a few examples.
        np.testing.assert_allclose(found[name], expected, atol=1e-3)
        assert np.ptp(expected) > 0.1


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(8, 40), st.lists(st.integers(1, 60), min_size=2, max_size=4))
def test_are_the_definitions(seed, count, widths):
    generator = np.random.default_rng(seed)
    layers = [part.astype(np.float64) for part in related_layers(generator, count, widths)]
    found = measure(layers)
    for name, expected in defined(layers).items():
        np.testing.assert_allclose(found[name], expected, atol=1e-4)
        np.testing.assert_array_equal(found[name], found[name].T)
        np.testing.assert_allclose(np.diagonal(found[name]), 1, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(8, 40), st.integers(2, 30), st.integers(2, 30))
def test_rotation_scale_and_translation_change_nothing(seed, count, p, q):
    generator = np.random.default_rng(seed)
    x, y = (part.astype(np.float64) for part in related_layers(generator, count, (p, q)))
    before = measure([x, y])
    after = measure([turned(generator, x, 1e-3, 5), turned(generator, y, 50, 5)])
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, atol=1e-4)


def test_procrustes_value_worked_out_by_hand():
    # The corners of a square: X'Y of unit norms is diag(1, 0) / sqrt(2) for x and for both.
    both = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    found = procrustes_similarities(
        np.array([x @ x.T for x in (both, both[:, :1], both[:, 1:], both * [2, 1])])
    )
    root = np.sqrt(0.5)
    assert found[0] == pytest.approx([1, root, root, 3 / np.sqrt(10)])
    assert found[1, 2] == pytest.approx(0, abs=1e-12)


def test_procrustes_weighs_small_components_more_than_cka_does():
    generator = np.random.default_rng(1)
    same, first, second = (generator.normal(size=(200, width)) for width in (1, 20, 20))
    x, y = np.hstack([30 * same, first]), np.hstack([30 * same, second])
    assert 1 - measure([x, y])["procrustes"][0, 1] > 100 * (1 - cka(x, y, "biased"))


def test_rounding_of_a_stored_gram_adds_nothing_to_procrustes():
    generator = np.random.default_rng(2)
    thin = generator.normal(size=(256, 8)).astype(np.float32)
    wide = np.hstack([thin, 0.05 * generator.normal(size=(256, 600))]).astype(np.float32)
    found = procrustes_similarities(batch_geometry(feature_grams([thin, wide]), 0, [0, 1]).grams)
    assert found[0, 1] == pytest.approx(procrustes_definition(thin, wide), abs=1e-5)


def test_neighbours_and_ranks_worked_out_by_hand():
    line = np.array([[0.0], [1], [10], [11], [20], [21]])
    other = np.array([[0.0], [1], [10], [11], [-21], [-19]])
    far = np.array([[0.0], [10], [1], [11], [200], [190]])
    distances = np.array([abs(x - x.T) for x in (line, other, far)])
    overlaps = neighbour_overlaps(distances, 1)
    # The pairs of `line` stay together in `other`; in `far` only 20 and 21 do.
    assert overlaps[0] == pytest.approx([1, 1, 1 / 3])
    ranks = distance_correlations(np.array([[1.0, 2, 3], [10, 20, 15], [3, 2, 1], [1, 1, 2]]))
    assert ranks[0] == pytest.approx([1, 0.5, -1, np.sqrt(3) / 2])


def test_neighbours_do_not_see_how_far_an_outlier_lies():
    generator = np.random.default_rng(3)
    x = generator.normal(size=(50, 6))
    near, far = x.copy(), x.copy()
    near[0], far[0] = 30, 3e4
    found = measure([near, far, x])
    assert found["neighbours"][0, 1] == 1
    assert found["neighbours"][0, 2] > 0.9


def test_independent_features_share_neighbours_by_chance_and_no_ranks():
    generator = np.random.default_rng(4)
    pairs = [measure(list(generator.normal(size=(2, 40, 30)))) for _ in range(60)]
    overlaps = np.array([found["neighbours"][0, 1] for found in pairs])
    assert abs(overlaps.mean() - NEAR / 39) < 4 * overlaps.std() / np.sqrt(60)
    ranks = np.array([found["rsa"][0, 1] for found in pairs])
    assert abs(ranks.mean()) < 4 * ranks.std() / np.sqrt(60)
    assert min(found["procrustes"][0, 1] for found in pairs) > 0.4


@pytest.mark.parametrize("value", [0, 0.1, -3e4])
def test_constant_layer_has_no_value_and_harms_no_other(value):
    layers = related_layers(np.random.default_rng(5), 50, (8, 20))
    dead = np.full((50, 6), value, np.float32)
    alone, found = measure(layers), measure([layers[0], dead, layers[1]])
    for name, values in found.items():
        assert np.isnan(values[1]).all()
        assert np.isnan(values[:, 1]).all()
        np.testing.assert_allclose(values[np.ix_([0, 2], [0, 2])], alone[name], atol=1e-9)


@pytest.mark.parametrize("count", [0, 9])
def test_number_of_neighbours_that_says_nothing_is_refused(count):
    with pytest.raises(ValueError, match=f"an example of 10 has no {count} nearest"):
        neighbour_overlaps(np.ones((1, 10, 10)), count)
