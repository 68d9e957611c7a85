import numpy as np
import pytest
import torch
from store_samples import defined_components

from repatlas.store.gram import batch_rows
from repatlas.store.stream import LayerStream
from repatlas.store.whole import record_layer


def stream(features, batch=32, components=3, passes=6):
    """Components and Grams from so many passes, and the changes of the shares."""
    tensor = torch.from_numpy(np.asarray(features, np.float32))
    layer = LayerStream("layer", len(tensor), components)
    grams, changes = [], []
    for number in range(passes):
        for start, stop in batch_rows(len(tensor), batch):
            packed = layer.add(tensor[start:stop], start)
            assert (packed is not None) == (number == 0)
            if packed is not None:
                grams.append(packed)
        changes.append(layer.end_pass())
    return layer, layer.components(), grams, changes


def decaying(count=200, width=300, rank=40, offset=0.0, seed=0):
    generator = np.random.default_rng(seed)
    scales = 0.8 ** np.arange(rank)[:, None]
    factors = scales * generator.normal(size=(rank, width))
    return generator.normal(size=(count, rank)) @ factors + offset


@pytest.mark.parametrize("offset", [0.0, 30.0])
def test_equals_the_whole_set_at_once(offset):
    features = decaying(offset=offset).astype(np.float32)
    whole = record_layer(torch.from_numpy(features), "layer", batch_rows(200, 32), 3)
    layer, components, grams, _ = stream(features)
    np.testing.assert_allclose(layer.norms, whole.norms, rtol=1e-7)
    np.testing.assert_allclose(layer.centered_square, whole.centered_square, rtol=1e-4)
    np.testing.assert_allclose(components.shares, whole.components.shares, atol=1e-5)
    np.testing.assert_allclose(components.vectors, whole.components.vectors, atol=1e-3)
    scale = np.abs(grams[0]).max()
    for packed, expected in zip(grams, whole.batches, strict=True):
        np.testing.assert_allclose(packed, expected.packed, atol=1e-5 * scale)
    np.testing.assert_allclose(
        layer.centered_square_batch,
        np.concatenate([batch.centered_square for batch in whole.batches]),
        atol=1e-5 * layer.centered_square.max(),
    )


def test_shares_settle_from_pass_to_pass():
    changes = stream(decaying())[3]
    assert changes[0] == np.inf
    assert changes[1] > changes[3]
    assert changes[-1] < 1e-5


def test_two_passes_do_for_low_rank_even_if_the_first_batch_lies_apart():
    features = decaying(rank=6)
    features[:32] += 50 * np.random.default_rng(1).normal(size=features.shape[1])
    changes = stream(features, passes=2)[3]
    # The first pass knows the mean only when it ends: that its result is centred shows here.
    assert changes[1] < 1e-6


@pytest.mark.parametrize("width", [1, 2, 9, 600])
def test_any_number_of_features(width):
    features = np.random.default_rng(0).normal(size=(60, width))
    found = stream(features, passes=12)[1]
    vectors, _, shares = defined_components(features, min(3, width))
    np.testing.assert_allclose(found.shares[: len(shares)], shares, atol=2e-3)
    assert abs(found.vectors[0] @ vectors[0]) > 0.99
    assert np.isnan(found.vectors[width:]).all()


def test_what_the_first_batch_does_not_show_is_found():
    # The layer is constant on the first batch; a few later examples carry all its variance.
    features = np.full((128, 50), 0.5)
    features[100:104] += 10 * np.random.default_rng(0).normal(size=50)
    found = stream(features)[1]
    assert found.shares[0] == pytest.approx(1, abs=1e-5)
    assert (np.argsort(found.vectors[0])[-4:] >= 100).all()
    assert np.isnan(found.vectors[1:]).all()


def test_dead_layer_is_as_at_once():
    layer, components, grams, changes = stream(np.full((70, 5), 0.3))
    assert (layer.centered_square == 0).all()
    assert (layer.centered_square_batch == 0).all()
    assert np.isnan(components.shares).all()
    assert all((packed == 0).all() for packed in grams)
    assert changes[1] == 0


def test_planted_component_has_all_the_variance():
    generator = np.random.default_rng(0)
    direction = generator.exponential(size=150)
    features = np.outer(direction, generator.normal(size=80)) + 1e-3 * generator.normal(
        size=(150, 80)
    )
    found = stream(features, passes=3)[1]
    direction -= direction.mean()
    assert found.shares[0] == pytest.approx(1, abs=1e-5)
    assert found.vectors[0] @ direction / np.linalg.norm(direction) == pytest.approx(1, abs=1e-5)
