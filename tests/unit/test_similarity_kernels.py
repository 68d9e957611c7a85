import numpy as np
import pytest
from feature_stores import write_feature_store
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_definitions import (
    cosine_gram,
    kernel_cka_definition,
    rbf_gram,
    related_layers,
    table,
    turned,
)
from scipy.spatial.distance import pdist, squareform

from repatlas.similarity.features import feature_grams
from repatlas.similarity.geometry import batch_geometry
from repatlas.similarity.grid import compare_within
from repatlas.similarity.kernels import kernel_cka, median_distances
from repatlas.store.reader import ActivationStore

seeds = st.integers(0, 2**32 - 1)
BATCH = 24
KERNELS = ("cosine", "rbf_0.5", "rbf_1.0")


def measure(layers, **options):
    source = feature_grams(layers, batch_size=BATCH)
    return kernel_cka(source, range(len(layers)), **options)


@settings(deadline=None)
@given(seeds, st.integers(8, 20), st.lists(st.integers(1, 30), min_size=1, max_size=3), seeds)
def test_geometry_is_that_of_the_features(seed, count, widths, place):
    generator = np.random.default_rng(seed)
    layers = [generator.normal(size=(count, width)) + 3 for width in widths]
    source = feature_grams(layers, batch_size=count // 2)
    batch = place % len(source.batches)
    start, stop = source.batches[batch]
    found = batch_geometry(source, batch, range(len(widths)))
    for row, layer in enumerate(layers):
        part = layer[start:stop]
        centered = part - part.mean(axis=0)
        np.testing.assert_allclose(found.grams[row], centered @ centered.T, atol=1e-10)
        distances = squareform(pdist(part)) ** 2
        np.testing.assert_allclose(found.squared_distances()[row], distances, atol=1e-10)
        np.testing.assert_allclose(found.inner_products()[row], part @ part.T, atol=1e-9)


def test_layers_are_those_asked_for():
    layers = related_layers(np.random.default_rng(0), 50, (5, 9, 7))
    source = feature_grams(layers, batch_size=BATCH)
    whole, part = kernel_cka(source, range(3)), kernel_cka(source, [2, 0])
    for name, values in part.items():
        np.testing.assert_allclose(values, whole[name][np.ix_([2, 0], [2, 0])], atol=1e-12)


@pytest.mark.parametrize("offset", [0, 30])
def test_store_gives_the_definition_on_the_raw_features(tmp_path, offset):
    layers = related_layers(np.random.default_rng(1), 60, (6, 40, 150), offset)
    write_feature_store(tmp_path / "store.h5", layers, batch=BATCH)
    with ActivationStore(tmp_path / "store.h5") as store:
        found = kernel_cka(store, range(3))
    for name, gram, fraction in (
        ("cosine", cosine_gram, 1),
        ("rbf_0.5", rbf_gram, 0.5),
        ("rbf_1.0", rbf_gram, 1),
    ):
        expected = table(kernel_cka_definition, layers, gram, BATCH, fraction)
        np.testing.assert_allclose(found[name], expected, atol=2e-5)
        assert np.ptp(expected) > 0.1


def test_linear_kernel_is_the_minibatch_cka():
    source = feature_grams(related_layers(np.random.default_rng(2), 77, (6, 40)), batch_size=BATCH)
    expected = compare_within(source).cka_minibatch
    np.testing.assert_allclose(kernel_cka(source, [0, 1])["linear"], expected, atol=1e-6)


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(12, 60), st.integers(2, 20), st.integers(2, 20))
def test_rotation_and_scale_change_nothing_and_translation_no_rbf(seed, count, p, q):
    generator = np.random.default_rng(seed)
    x, y = (part.astype(np.float64) for part in related_layers(generator, count, (p, q)))
    before = measure([x, y])
    after = measure([turned(generator, x, 1e-3), turned(generator, y, 50)])
    moved = measure([turned(generator, x, 1e-3, 5), turned(generator, y, 50, 5)])
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, rtol=1e-6, atol=1e-7)
        if name != "cosine":
            np.testing.assert_allclose(moved[name], values, rtol=1e-6, atol=1e-7)


def test_cosine_does_not_see_the_length_of_an_example_and_does_see_the_mean():
    generator = np.random.default_rng(3)
    x, y = (part.astype(np.float64) for part in related_layers(generator, 60, (8, 9)))
    longer = x * generator.uniform(0.1, 10, size=(60, 1))
    before, after = measure([x, y]), measure([longer, y])
    np.testing.assert_allclose(after["cosine"], before["cosine"], atol=1e-9)
    assert abs(after["linear"] - before["linear"])[0, 1] > 0.05
    assert abs(measure([x + 2, y])["cosine"] - before["cosine"])[0, 1] > 0.05


def test_wide_rbf_kernel_is_the_linear_one():
    layers = related_layers(np.random.default_rng(4), 80, (5, 30, 60))
    found = measure(layers, fractions=(1.0, 10.0, 1e3))
    errors = [abs(found[f"rbf_{width}"] - found["linear"]).max() for width in (1.0, 10.0, 1e3)]
    assert errors[0] > 100 * errors[2]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-5


def test_independent_features_are_near_zero_and_at_times_below():
    generator = np.random.default_rng(5)
    pairs = [measure(list(generator.normal(size=(2, 48, 60)))) for _ in range(60)]
    for name in KERNELS:
        values = np.array([found[name][0, 1] for found in pairs])
        assert abs(values.mean()) < 4 * values.std() / np.sqrt(60)
        assert 10 < np.count_nonzero(values < 0) < 50


def test_median_is_over_pairs_of_different_examples_averaged_over_batches():
    # Distances within the batches: 1, 1, 1, 2, 2, 3 with median 1.5, and three times as much.
    line = np.array([[0.0], [1], [2], [3]])
    source = feature_grams([np.concatenate([line, 3 * line])], batch_size=4)
    assert median_distances(source, [0]) == pytest.approx([3])


def test_example_of_zero_activation_has_no_cosine_with_any_other():
    layers = related_layers(np.random.default_rng(6), 40, (8, 9))
    layers[0][5] = 0
    first, second = (part.astype(np.float64) for part in layers)
    first[5, 0] = 1e-300  # a direction of its own, to be defined
    padded = np.hstack([np.where(np.arange(40)[:, None] == 5, 0, first), np.zeros((40, 1))])
    padded[5, -1] = 1
    expected = kernel_cka_definition(padded, second, cosine_gram, BATCH)
    assert measure(layers)["cosine"][0, 1] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("value", [0, 0.1, -3e4])
def test_constant_layer_has_no_value_and_harms_no_other(value):
    layers = related_layers(np.random.default_rng(7), 50, (8, 20))
    dead = np.full((50, 6), value, np.float32)
    alone, found = measure(layers), measure([layers[0], dead, layers[1]])
    for name, values in found.items():
        assert np.isnan(values[1]).all()
        assert np.isnan(values[:, 1]).all()
        np.testing.assert_allclose(values[np.ix_([0, 2], [0, 2])], alone[name], atol=1e-9)


def test_layer_of_one_direction_has_no_cosine_value_only():
    generator = np.random.default_rng(8)
    ray = np.outer(generator.uniform(1, 5, 50), generator.normal(size=30)).astype(np.float32)
    found = measure([*related_layers(generator, 50, (8,)), ray])
    np.testing.assert_array_equal(np.isnan(found["cosine"]), [[False, True], [True, True]])
    assert np.isfinite(found["linear"]).all()
    assert np.isfinite(found["rbf_1.0"]).all()


def test_layer_in_which_most_examples_coincide_has_no_bandwidth():
    generator = np.random.default_rng(9)
    lonely = np.ones((48, 5))
    lonely[::12] += generator.normal(size=(4, 5))
    found = measure([generator.normal(size=(48, 5)), lonely])
    assert np.isnan(found["rbf_1.0"][:, 1]).all()
    assert np.isfinite(found["linear"]).all()
    assert np.isfinite(found["cosine"]).all()
