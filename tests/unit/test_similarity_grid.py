import dataclasses

import numpy as np
import pytest
from cka_definitions import cka_matrix, hsic_biased, without_components
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.errors import InputError
from repatlas.similarity.cka import cka
from repatlas.similarity.features import feature_grams
from repatlas.similarity.grid import compare, compare_within

COUNT, BATCH = 134, 64  # batches of 64, 64 and 6
MEASURES = (
    "cka_minibatch",
    "cka_minibatch_biased",
    "cka_without_component",
    "component_cosine",
    "cka_exact",
    "cka_biased",
)


def make_layers(seed=0, count=COUNT, widths=(10, 60, 200), shared_seed=99):
    """Float32 features of a network that shares part of what it knows with all others."""
    generator = np.random.default_rng(seed)
    shared = np.random.default_rng(shared_seed).normal(size=(count, 5))
    return [
        (shared @ generator.normal(size=(5, width)) + generator.normal(size=(count, width))).astype(
            np.float32
        )
        for width in widths
    ]


@pytest.fixture(scope="module")
def layers():
    return make_layers()


@pytest.fixture(scope="module")
def measured(layers):
    return compare_within(feature_grams(layers, batch_size=BATCH, exact=True))


@pytest.mark.parametrize(
    ("measure", "definition"),
    [
        ("cka_minibatch", {"batch_size": BATCH}),
        ("cka_minibatch_biased", {"batch_size": BATCH, "hsic": hsic_biased}),
        ("cka_exact", {}),
        ("cka_biased", {"hsic": hsic_biased}),
    ],
)
def test_is_the_definition(layers, measured, measure, definition):
    expected = cka_matrix(layers, layers, **definition)
    np.testing.assert_allclose(getattr(measured, measure), expected, atol=1e-6)


@pytest.mark.parametrize("offset", [0, 1, 3, 10, 30])
@pytest.mark.parametrize("scale", [1e-12, 0.01, 1, 1e12])
def test_offset_and_scale_of_features_cost_no_accuracy(offset, scale):
    layers = [scale * (layer + offset * layer.std()) for layer in make_layers()]
    layers = [layer.astype(np.float32) for layer in layers]
    measured = compare_within(feature_grams(layers, batch_size=BATCH, exact=True))
    minibatch = cka_matrix(layers, layers, batch_size=BATCH)
    np.testing.assert_allclose(measured.cka_minibatch, minibatch, atol=1e-5)
    np.testing.assert_allclose(measured.cka_exact, cka_matrix(layers, layers), atol=1e-5)


def test_layers_of_very_different_scale_are_compared():
    layers = make_layers(widths=(20, 20, 20))
    scaled = [layer * factor for layer, factor in zip(layers, (1e-14, 1, 1e14), strict=True)]
    plain, far = (
        compare_within(feature_grams(part, batch_size=BATCH, exact=True))
        for part in (layers, [layer.astype(np.float32) for layer in scaled])
    )
    for measure in MEASURES:
        np.testing.assert_allclose(getattr(far, measure), getattr(plain, measure), atol=1e-5)


@pytest.mark.parametrize("measure", MEASURES)
def test_diagonal_is_one_and_the_map_symmetric(measured, measure):
    values = getattr(measured, measure)
    np.testing.assert_allclose(np.diagonal(values), 1, atol=1e-6)
    np.testing.assert_allclose(values, values.T, atol=1e-12)


@pytest.mark.parametrize("count", [64, 130, 131, 132, 135, 150])
def test_last_batch_of_any_size_counts_as_one_hsic(count):
    layers = make_layers(count=count)
    measured = compare_within(feature_grams(layers, batch_size=BATCH))
    expected = cka_matrix(layers, layers, batch_size=BATCH)
    np.testing.assert_allclose(measured.cka_minibatch, expected, atol=1e-6)
    biased = cka_matrix(layers, layers, hsic_biased, BATCH)
    np.testing.assert_allclose(measured.cka_minibatch_biased, biased, atol=1e-6)


def test_one_batch_is_the_exact_value(layers):
    measured = compare_within(feature_grams(layers, batch_size=COUNT, exact=True))
    np.testing.assert_allclose(measured.cka_minibatch, measured.cka_exact, atol=1e-12)
    np.testing.assert_allclose(measured.cka_minibatch_biased, measured.cka_biased, atol=1e-12)


def test_agrees_with_plain_arrays(layers, measured):
    plain = [[cka(x, y, batch_size=BATCH) for y in layers] for x in layers]
    np.testing.assert_allclose(measured.cka_minibatch, plain, atol=1e-6)


def test_without_exact_grams_there_are_no_exact_values(layers):
    measured = compare_within(feature_grams(layers, batch_size=BATCH))
    assert measured.cka_exact is None
    assert measured.cka_biased is None


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_unrelated_features_are_not_clamped(seed):
    generator = np.random.default_rng(seed)
    layers = generator.normal(size=(8, 40, 300)).astype(np.float32)
    values = compare_within(feature_grams(layers, batch_size=20)).cka_minibatch
    off = values[~np.eye(8, dtype=bool)]
    assert off.min() < 0
    assert np.abs(off).max() < 0.5


@pytest.mark.parametrize("removed", [1, 2, 4])
def test_removed_components_are_gone(removed):
    layers, others = make_layers(0), make_layers(1, widths=(40, 90))
    sources = [feature_grams(part, batch_size=BATCH) for part in (layers, others)]
    found = compare(sources, [(0, 1), (0, 0)], removed=removed)
    cleaned = [[without_components(layer, removed) for layer in part] for part in (layers, others)]
    for (i, j), pair in found.items():
        expected = cka_matrix(cleaned[i], cleaned[j], batch_size=BATCH)
        np.testing.assert_allclose(pair.cka_without_component, expected, atol=1e-5)


def test_removal_is_exact_where_one_component_dominates():
    generator = np.random.default_rng(3)
    layers = make_layers()
    outlier = np.zeros(COUNT)
    outlier[:7] = 600
    dominated = [
        (layer + np.outer(outlier, generator.normal(size=layer.shape[1]))).astype(np.float32)
        for layer in layers
    ]
    source = feature_grams(dominated, batch_size=BATCH)
    measured = compare_within(source)
    assert source.component_share[:, 0].min() > 0.999
    assert measured.cka_minibatch.min() > 0.999
    cleaned = [without_components(layer, 1) for layer in dominated]
    expected = cka_matrix(cleaned, cleaned, batch_size=BATCH)
    np.testing.assert_allclose(measured.cka_without_component, expected, atol=1e-4)


def test_no_component_removed_is_the_plain_value(layers):
    pair = compare_within(feature_grams(layers, batch_size=BATCH), removed=0)
    np.testing.assert_array_equal(pair.cka_without_component, pair.cka_minibatch)


@pytest.mark.parametrize("removed", [1, 2])
def test_layer_of_one_component_has_nothing_left(layers, removed):
    generator = np.random.default_rng(4)
    line = np.outer(generator.normal(size=COUNT), generator.normal(size=30)).astype(np.float32)
    measured = compare_within(feature_grams([*layers, line], batch_size=BATCH), removed=removed)
    assert np.isfinite(measured.cka_minibatch).all()
    assert np.isnan(measured.cka_without_component[3]).all()
    assert np.isnan(measured.cka_without_component[:, 3]).all()
    assert np.isfinite(measured.cka_without_component[:3, :3]).all()


def test_component_cosine_is_that_of_the_singular_vectors(layers, measured):
    first = np.array([np.linalg.svd(x - x.mean(axis=0, dtype=np.float64))[0][:, 0] for x in layers])
    np.testing.assert_allclose(measured.component_cosine, (first @ first.T) ** 2, atol=1e-5)


def flicker():
    """A constant whose last bit alone varies."""
    last = np.random.default_rng(6).integers(2, size=(COUNT, 12))
    return np.float32(1000) + last.astype(np.float32) * np.spacing(np.float32(1000))


@pytest.mark.parametrize(
    "dead", [np.full((COUNT, 12), value, np.float32) for value in (0, 0.1, -3e4)] + [flicker()]
)
def test_dead_layer_has_no_value_and_harms_no_other(layers, measured, dead):
    found = compare_within(
        feature_grams([layers[0], dead, *layers[1:]], batch_size=BATCH, exact=True)
    )
    alive = np.ix_([0, 2, 3], [0, 2, 3])
    for measure in MEASURES:
        values = getattr(found, measure)
        assert np.isnan(values[1]).all()
        assert np.isnan(values[:, 1]).all()
        np.testing.assert_allclose(values[alive], getattr(measured, measure), atol=1e-6)


def test_layer_in_which_one_example_differs_has_biased_values_only(layers):
    generator = np.random.default_rng(5)
    lone = np.tile(generator.normal(size=50), (COUNT, 1))
    lone[4] += generator.normal(size=50)
    found = compare_within(
        feature_grams([layers[0], lone.astype(np.float32)], batch_size=BATCH, exact=True)
    )
    for measure in ("cka_minibatch", "cka_exact", "cka_without_component"):
        values = getattr(found, measure)
        np.testing.assert_array_equal(np.isnan(values), [[False, True], [True, True]])
    for measure in ("cka_minibatch_biased", "cka_biased", "component_cosine"):
        np.testing.assert_allclose(np.diagonal(getattr(found, measure)), 1, atol=1e-6)


def test_layer_dead_in_one_batch_only_has_a_value(layers):
    late = layers[1].copy()
    late[:BATCH] = 0.25
    measured = compare_within(feature_grams([layers[0], late], batch_size=BATCH))
    expected = cka_matrix([layers[0], late], [layers[0], late], batch_size=BATCH)
    np.testing.assert_allclose(measured.cka_minibatch, expected, atol=1e-6)


def test_network_compared_with_itself_is_the_comparison_within(layers, measured):
    source = feature_grams(layers, batch_size=BATCH, exact=True)
    pair = compare([source, source])[0, 1]
    for measure in MEASURES:
        np.testing.assert_allclose(getattr(pair, measure), getattr(measured, measure), atol=1e-6)


@pytest.fixture(scope="module")
def networks():
    widths = [(10, 60, 200), (30,), (80, 20, 20, 50)]
    return [
        feature_grams(make_layers(seed, widths=each), batch_size=BATCH, exact=True, name=str(seed))
        for seed, each in enumerate(widths)
    ]


def test_grid_is_the_pairs_one_by_one(networks):
    grid = compare(networks)
    assert list(grid) == [(0, 1), (0, 2), (1, 2)]
    for (i, j), pair in grid.items():
        alone = compare([networks[i], networks[j]])[0, 1]
        assert pair.cka_minibatch.shape == (
            len(networks[i].component_share),
            len(networks[j].component_share),
        )
        for measure in MEASURES:
            np.testing.assert_allclose(getattr(pair, measure), getattr(alone, measure), atol=1e-6)


def test_between_networks_is_the_definition(networks):
    pair = compare(networks)[0, 2]
    first, third = make_layers(0), make_layers(2, widths=(80, 20, 20, 50))
    np.testing.assert_allclose(
        pair.cka_minibatch, cka_matrix(first, third, batch_size=BATCH), atol=1e-6
    )


def test_memory_decides_no_value(networks):
    wide, narrow = compare(networks), compare(networks, memory=4096)
    for key, pair in wide.items():
        for measure in MEASURES:
            np.testing.assert_allclose(
                getattr(narrow[key], measure), getattr(pair, measure), atol=1e-6
            )


def test_each_gram_is_read_once(networks):
    reads = []

    class Counted:
        def __init__(self, source):
            self._source = source

        def __getattr__(self, name):
            return getattr(self._source, name)

        def gram(self, batch, columns=slice(None)):
            reads.append((self._source.name, batch))
            return self._source.gram(batch, columns)

    compare([Counted(source) for source in networks])
    assert sorted(reads) == [(str(index), batch) for index in range(3) for batch in range(3)]


def test_comparing_leaves_the_grams_as_they_were(networks):
    before = [source.gram(0) for source in networks]
    compare(networks)
    compare_within(networks[0])
    for source, gram in zip(networks, before, strict=True):
        np.testing.assert_array_equal(source.gram(0), gram)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ids": [str(row) for row in reversed(range(COUNT))]}, "different examples"),
        ({"batch_size": 32}, "different batches"),
    ],
)
def test_networks_of_other_samples_or_batches_are_refused(layers, change, told):
    first = feature_grams(layers, batch_size=BATCH, name="first.h5")
    other = feature_grams(layers, **{"batch_size": BATCH, "name": "other.h5", **change})
    with pytest.raises(InputError, match=told) as caught:
        compare([first, other])
    assert "first.h5 and other.h5" in str(caught.value)


def test_too_few_components_are_told(layers):
    source = feature_grams(layers, components=2, name="run.h5")
    with pytest.raises(InputError, match=r"run\.h5 holds 2 components a layer, but 3"):
        compare_within(source, removed=3)


def test_layers_of_different_examples_are_refused():
    with pytest.raises(InputError, match=r"features: layers have \[10, 11\] examples"):
        feature_grams([np.ones((10, 2)), np.ones((11, 2))])


def test_exact_gram_that_was_not_made_is_told(layers):
    source = feature_grams(layers)
    assert not source.has_exact
    assert not dataclasses.replace(source, exact=None).has_exact
    with pytest.raises(InputError, match="exact=True"):
        source.exact_gram()
