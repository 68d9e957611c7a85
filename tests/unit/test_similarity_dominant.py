import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from repatlas.similarity.dominant import (
    choose_images,
    drawn,
    matched,
    ranked,
    reference_layer,
)
from repatlas.store.probe import choose

seeds = st.integers(0, 2**32 - 1)


def names(count):
    return [f"test/{row:04d}" for row in range(count)]


def test_images_are_ranked_by_magnitude_whatever_the_sign():
    assert ranked(np.array([0.1, -0.7, 0.0, 0.7, -0.2])).tolist() == [1, 3, 4, 0, 2]


def test_constant_layer_ranks_none():
    assert ranked(np.full(5, np.nan)).tolist() == []


@given(seeds, st.integers(2, 30))
def test_draw_depends_on_the_ids_alone_and_lies_within_a_larger_one(seed, count):
    ids = np.array(names(count))
    order = np.random.default_rng(seed).permutation(count)
    assert ids[order][drawn(ids[order])].tolist() == ids[drawn(ids)].tolist()
    assert sorted(drawn(ids).tolist()) == list(range(count))
    fewer = ids[:-1]
    assert [name for name in ids[drawn(ids)] if name != ids[-1]] == fewer[drawn(fewer)].tolist()


def test_draw_is_not_that_of_the_probe_set():
    # Else the images left out would be the first ones of the first batch.
    ids = np.array(names(200))
    probe = choose(np.zeros(200, np.int64), ids, 200)
    common = set(drawn(ids)[:20].tolist()) & set(probe[:20].tolist())
    assert len(common) < 10


@given(seeds, st.integers(1, 12), st.integers(0, 20), st.booleans())
def test_matches_are_others_with_the_least_difference_of_norms(seed, count, more, ties):
    generator = np.random.default_rng(seed)
    norms = generator.lognormal(size=2 * count + more)
    norms = np.round(norms) if ties else norms
    chosen = generator.permutation(len(norms))[:count]
    found = matched(norms, chosen)
    assert len(set(found.tolist())) == count
    assert not set(found.tolist()) & set(chosen.tolist())
    others = np.setdiff1d(np.arange(len(norms)), chosen)
    costs = np.abs(norms[chosen][:, None] - norms[others])
    least = costs[linear_sum_assignment(costs)].sum()
    assert np.abs(norms[found] - norms[chosen]).sum() == pytest.approx(least, abs=1e-9)


def test_each_image_has_its_own_match():
    norms = np.array([1.0, 5.0, 9.0, 9.2, 5.1, 1.1, 30.0])
    assert matched(norms, np.array([2, 0, 1])).tolist() == [3, 5, 4]


def test_too_few_others_are_refused():
    with pytest.raises(ValueError, match="2 images cannot be matched with 3 others"):
        matched(np.arange(5.0), np.array([0, 1, 2]))


@pytest.mark.parametrize(("fraction", "count"), [(0.1, 20), (0.01, 2), (0.001, 1)])
def test_every_choice_has_the_same_number_of_images(fraction, count):
    generator = np.random.default_rng(0)
    component, norms = generator.normal(size=200), generator.lognormal(size=200)
    chosen = {
        images: choose_images(images, fraction, component, norms, names(200))
        for images in ("dominant", "random", "matched")
    }
    assert [len(set(found.tolist())) for found in chosen.values()] == [count] * 3
    assert set(chosen["dominant"].tolist()) == set(np.argsort(-np.abs(component))[:count].tolist())
    assert not set(chosen["dominant"].tolist()) & set(chosen["matched"].tolist())


def network(size, start, stop):
    """Shares and CKA of a network with one block."""
    share, cka = np.full(size, 0.1), np.full((size, size), 0.2)
    share[start:stop], cka[start:stop, start:stop] = 0.8, 0.95
    return share, cka


def test_reference_layer_is_in_the_middle_of_the_block():
    share, cka = network(30, 10, 29)
    outputs = np.arange(30) % 2 == 0  # 10, 12, ..., 28 are those of the block
    assert reference_layer(share, cka, outputs) in (18, 20)
    assert reference_layer(share, cka, np.ones(30)) == 19


def test_without_a_block_it_is_in_the_middle_of_the_block_outputs():
    share, cka = network(30, 0, 0)
    outputs = np.zeros(30, dtype=bool)
    outputs[[3, 4, 25, 27, 29]] = True
    assert reference_layer(share, cka, outputs) == 25
    share[25] = np.nan
    assert reference_layer(share, cka, outputs) in (4, 27)


def test_where_no_block_output_is_marked_it_is_in_the_middle_of_all_layers():
    share, cka = network(31, 0, 0)
    assert reference_layer(share, cka, np.zeros(31)) == 15


def test_network_that_does_not_vary_has_none():
    share, cka = network(5, 0, 0)
    with pytest.raises(ValueError, match="no block output to choose from"):
        reference_layer(np.full(5, np.nan), cka, np.ones(5))
    with pytest.raises(ValueError, match="do not belong together"):
        reference_layer(share, cka, np.ones(6))
