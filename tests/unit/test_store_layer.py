import numpy as np
import pytest
import torch
from cka_definitions import cka_definition
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import defined_components, defined_gram, minibatch_cka

from repatlas.errors import InputError
from repatlas.store.gram import batch_rows
from repatlas.store.layer_grams import flatten, squared_norms
from repatlas.store.whole import record_layer

seeds = st.integers(0, 2**32 - 1)


def record(features, batch=16, components=3, exact=False):
    tensor = torch.from_numpy(np.asarray(features, np.float32))
    return record_layer(tensor, "layer", batch_rows(len(tensor), batch), components, exact)


def related(count, seed=0):
    generator = np.random.default_rng(seed)
    shared = generator.normal(size=(count, 5))
    x = shared @ generator.normal(size=(5, 60)) + generator.normal(size=(count, 60))
    y = shared @ generator.normal(size=(5, 90)) + generator.normal(size=(count, 90))
    return x / x.std(), y / y.std()


@pytest.mark.parametrize("offset", [0, 1, 10, 30])
@pytest.mark.parametrize("scale", [1, 0.01, 1e-6, 1e6])
def test_minibatch_cka_is_the_definition_whatever_offset_and_scale(offset, scale):
    x, y = ((scale * (part + offset)).astype(np.float32) for part in related(200))
    first, second = record(x, 64), record(y, 64)
    found = minibatch_cka(
        [batch.packed for batch in first.batches],
        [batch.packed for batch in second.batches],
        [stop - start for start, stop in batch_rows(200, 64)],
    )
    assert found == pytest.approx(cka_definition(x, y, batch_size=64), abs=1e-5)


@settings(deadline=None)
@given(seeds, st.integers(4, 70), st.integers(1, 600), st.sampled_from([8, 32]))
def test_everything_is_its_float64_definition(seed, count, width, batch):
    generator = np.random.default_rng(seed)
    features = (generator.normal(size=(count, width)) + 3 * generator.normal(size=width)).astype(
        np.float32
    )
    found = record(features, batch, exact=True)
    exact = features.astype(np.float64)
    centered = exact - exact.mean(axis=0)
    scale = np.square(centered).sum(axis=1).max()
    np.testing.assert_allclose(found.norms, np.linalg.norm(exact, axis=1), rtol=1e-6)
    np.testing.assert_allclose(
        found.centered_square, np.square(centered).sum(axis=1), atol=1e-5 * scale
    )
    np.testing.assert_allclose(found.exact, defined_gram(exact), atol=1e-5 * scale)
    for (start, stop), gram in zip(batch_rows(count, batch), found.batches, strict=True):
        rows = exact[start:stop]
        np.testing.assert_allclose(gram.packed, defined_gram(rows), atol=1e-5 * scale)
        squares = np.square(rows - rows.mean(axis=0)).sum(axis=1)
        np.testing.assert_allclose(gram.centered_square, squares, atol=1e-5 * scale)
    np.testing.assert_allclose(
        found.components.shares[: min(3, width, count - 1)],
        defined_components(exact, min(3, width, count - 1))[2],
        atol=1e-5,
    )


@pytest.mark.parametrize("value", [0.0, 0.1, -123.456])
def test_dead_layer_has_norm_zero_and_no_share(value):
    found = record(np.full((20, 7), value), exact=True)
    assert (found.centered_square == 0).all()
    assert (found.exact == 0).all()
    assert all((batch.packed == 0).all() for batch in found.batches)
    assert all((batch.centered_square == 0).all() for batch in found.batches)
    assert np.isnan(found.components.shares).all()
    np.testing.assert_allclose(found.norms, abs(value) * np.sqrt(7), rtol=1e-6)


def test_dead_batch_of_a_live_layer_has_a_gram_of_zeros():
    features = np.random.default_rng(0).normal(size=(32, 10))
    features[16:] = 0.3
    found = record(features)
    assert (found.batches[1].packed == 0).all()
    assert (found.batches[1].centered_square == 0).all()
    assert (found.batches[0].packed != 0).any()


def test_dead_units_among_live_ones_change_nothing():
    features = np.random.default_rng(0).normal(size=(20, 10))
    found = record(features)
    padded = record(np.hstack([features, np.full((20, 5), 2.0)]))
    np.testing.assert_allclose(padded.batches[0].packed, found.batches[0].packed, atol=1e-5)
    np.testing.assert_allclose(padded.components.shares, found.components.shares, atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_activations_without_a_norm_are_refused(value):
    features = np.ones((20, 7))
    features[3, 2] = value
    with pytest.raises(InputError, match="layer layer: its activations hold NaN, infinity"):
        record(features)


def test_activations_are_not_changed():
    features = torch.randn(20, 3, 4, 4).contiguous(memory_format=torch.channels_last)
    before = features.clone()
    record_layer(features, "layer", [(0, 20)], 2, exact=True)
    assert torch.equal(features, before)


def test_memory_format_changes_nothing():
    features = torch.randn(20, 3, 4, 4)
    plain = record_layer(features, "layer", [(0, 20)], 2)
    last = record_layer(
        features.contiguous(memory_format=torch.channels_last), "layer", [(0, 20)], 2
    )
    np.testing.assert_allclose(last.batches[0].packed, plain.batches[0].packed, atol=1e-4)
    np.testing.assert_allclose(last.components.vectors, plain.components.vectors, atol=1e-5)


@pytest.mark.parametrize("shape", [(6,), (6, 1), (6, 5), (6, 2, 3, 4), (6, 2, 3)])
def test_any_shape_is_flattened_to_one_row_an_example(shape):
    features = torch.randn(shape)
    assert flatten(features).shape == (6, int(np.prod(shape[1:])))


def test_half_precision_is_taken_as_it_is():
    features = torch.randn(12, 40)
    found = record_layer(features.bfloat16(), "layer", [(0, 12)], 2)
    expected = record_layer(features.bfloat16().float(), "layer", [(0, 12)], 2)
    np.testing.assert_array_equal(found.batches[0].packed, expected.batches[0].packed)


@given(seeds, st.integers(1, 1500))
def test_squared_norms_are_those_of_float64(seed, width):
    features = np.random.default_rng(seed).normal(size=(3, width)).astype(np.float32)
    np.testing.assert_allclose(
        squared_norms(torch.from_numpy(features)),
        np.square(features, dtype=np.float64).sum(axis=1),
        rtol=1e-6,
    )
