"""Faults of the released code of the papers, which this project must not repeat.

Their numbers are those of the project's list. F1 is tested with the removal of images
(test_store_removal), F10 with the modes of batch normalisation (test_store_network).
"""

import numpy as np
import pytest
from cka_definitions import cka_definition, cka_matrix
from feature_stores import BATCH, write_feature_store
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.figures.histogram import magnitudes
from repatlas.similarity.features import feature_grams
from repatlas.similarity.files import compare_stores
from repatlas.similarity.grid import compare_within
from repatlas.similarity.results import Similarity
from repatlas.store.gram import unpack_upper

seeds = st.integers(0, 2**32 - 1)


def dominated(count, width, seed):
    """Features (n, p), with an offset, in which a few examples share a large direction."""
    generator = np.random.default_rng(seed)
    spread = 2 * generator.exponential(size=count)
    features = generator.normal(size=(count, width)) + 2 * generator.normal(size=width)
    return features + np.outer(spread, generator.normal(size=width))


def first_component(features):
    """u (n,) and eigenvalue of the centred features, by their definition."""
    centered = features - features.mean(axis=0)
    vectors, values, _ = np.linalg.svd(centered, full_matrices=False)
    return centered, vectors[:, 0], values[0] ** 2


@given(seeds, st.sampled_from([5, 40]))
def test_f2_component_is_removed_in_example_space(seed, width):
    """F2: transposed before centring, so that the Gram became one of features."""
    layers = [dominated(30, width, seed + part) for part in range(2)]
    removed = []
    for layer in layers:
        centered, u, _ = first_component(layer)
        left = centered - np.outer(u, u @ centered)
        assert (left @ left.T).shape == (30, 30)
        removed.append(left)
    found = compare_within(feature_grams(layers, batch_size=16)).cka_without_component
    np.testing.assert_allclose(found, cka_matrix(removed, removed, batch_size=16), atol=1e-6)


def test_f2_removal_from_the_file_of_a_store(tmp_path):
    """F2, through the files: what the figures show is Xc - u u' Xc."""
    layers = [dominated(40, 20, seed).astype(np.float32) for seed in (1, 2, 3)]
    write_feature_store(tmp_path / "store.h5", layers)
    compare_stores([tmp_path / "store.h5"], "within", tmp_path / "similarity.h5")
    found = Similarity(tmp_path / "similarity.h5").values("cka_without_component")
    removed = []
    for layer in layers:
        centered, u, _ = first_component(layer.astype(np.float64))
        removed.append(centered - np.outer(u, u @ centered))
    np.testing.assert_allclose(found, cka_matrix(removed, removed, batch_size=BATCH), atol=1e-4)
    assert np.abs(found - cka_matrix(layers, layers, batch_size=BATCH)).max() > 0.1


def test_f3_share_is_of_the_trace_of_the_centred_gram():
    """F3: a mean over features was removed as well, which takes a part of the variance."""
    generator = np.random.default_rng(0)
    layer = generator.normal(size=(50, 8))
    layer += np.outer(generator.normal(size=50) * 2, np.ones(8))  # common to all features
    centered, _, eigenvalue = first_component(layer)
    share = feature_grams([layer], batch_size=25, components=1).component_share[0, 0]
    assert share == pytest.approx(eigenvalue / np.trace(centered @ centered.T), abs=1e-9)
    twice = centered - centered.mean(axis=1, keepdims=True)
    values = np.linalg.svd(twice, compute_uv=False)
    assert abs(share - values[0] ** 2 / (values**2).sum()) > 0.1


@pytest.mark.parametrize("last", [5, 10, 20])
def test_f4_short_last_batch_has_its_weight(last):
    """F4: sums without 1 / (b (b - 3)), so that a short batch counted for next to nothing."""
    x, y = np.random.default_rng(0).normal(size=(2, 64 + last, 30))
    y[64:] = x[64:]  # the last batch agrees, the others do not
    found = compare_within(feature_grams([x, y], batch_size=32)).cka_minibatch[0, 1]
    assert found == pytest.approx(cka_definition(x, y, batch_size=32), abs=1e-9)
    grams = feature_grams([x, y], batch_size=32)
    sums = np.zeros(3)
    for batch, (start, stop) in enumerate(grams.batches):
        first, second = (unpack_upper(row, stop - start) for row in grams.gram(batch))
        sums += [np.vdot(*pair) for pair in ((first, second), (first, first), (second, second))]
    assert found - sums[0] / np.sqrt(sums[1] * sums[2]) > 0.02


@settings(deadline=None)
@given(seeds, st.integers(2, 5))
def test_f11_projections_over_other_numbers_of_images_are_comparable_once_rescaled(seed, times):
    """F11: coordinates of a unit vector over 10,000 images beside those over 256."""
    layer = dominated(40, 10, seed)
    few, many = (
        feature_grams([part], batch_size=20, components=1).component_vectors[0, 0]
        for part in (layer, np.tile(layer, (times, 1)))
    )
    np.testing.assert_allclose(magnitudes(many)[:40], magnitudes(few), atol=1e-5)
    assert np.sqrt(np.mean(magnitudes(few) ** 2)) == pytest.approx(1, abs=1e-6)
    ratio = np.abs(few).max() / np.abs(many[:40]).max()
    assert ratio == pytest.approx(np.sqrt(times), rel=1e-4)
