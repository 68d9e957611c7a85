import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatlas.similarity.cka import cka
from repatlas.similarity.features import feature_grams
from repatlas.similarity.grid import compare
from repatlas.similarity.null import permutation_null, permutation_p_value, permuted_columns
from repatlas.store.gram import pack_upper

COUNT, BATCH = 60, 20


def networks(related=True, groups=None):
    generator = np.random.default_rng(0)
    shared = generator.normal(size=(COUNT, 4)) if related else np.zeros((COUNT, 4))
    if groups is not None:
        shared = generator.normal(size=(groups.max() + 1, 4))[groups]
    return [
        [
            shared @ generator.normal(size=(4, width)) + generator.normal(size=(COUNT, width)) / 2
            for width in widths
        ]
        for widths in [(10, 30), (20, 8, 15)]
    ]


def sources(layers, **arguments):
    return [feature_grams(part, batch_size=BATCH, **arguments) for part in layers]


@given(st.permutations(range(9)))
def test_permuted_columns_pack_the_permuted_gram(order):
    gram = np.arange(81.0).reshape(9, 9)
    gram += gram.T
    order = np.array(order)
    expected = pack_upper(gram[order][:, order])
    np.testing.assert_array_equal(pack_upper(gram)[permuted_columns(order)], expected)


def test_null_is_the_cka_of_permuted_features():
    first, second = networks()
    null = permutation_null(*sources([first, second]), 3, np.random.default_rng(7))
    assert null.shape == (3, 2, 3)
    generator = np.random.default_rng(7)
    orders = np.array(
        [
            [start + generator.permutation(BATCH) for _ in range(3)]
            for start in range(0, COUNT, BATCH)
        ]
    )
    for item in range(3):
        order = np.concatenate(orders[:, item])
        expected = [[cka(x, y[order], batch_size=BATCH) for y in second] for x in first]
        np.testing.assert_allclose(null[item], expected, atol=1e-6)


def test_examples_that_may_not_be_exchanged_leave_the_value_as_it_is():
    pair = sources(networks())
    null = permutation_null(*pair, 2, np.random.default_rng(0), groups=np.arange(COUNT))
    observed = compare(pair)[0, 1].cka_minibatch
    np.testing.assert_allclose(null, [observed, observed], atol=1e-6)


def test_permutations_within_groups_keep_what_groups_explain():
    groups = np.arange(COUNT) % 3
    pair = sources(networks(groups=groups))
    free = permutation_null(*pair, 20, np.random.default_rng(0))
    kept = permutation_null(*pair, 20, np.random.default_rng(0), groups=groups)
    assert abs(free.mean()) < 0.1
    assert kept.mean() > 0.5


def test_null_is_centred_on_zero_and_the_same_for_the_same_generator():
    pair = sources(networks())
    null = permutation_null(*pair, 200, np.random.default_rng(1))
    again = permutation_null(*pair, 200, np.random.default_rng(1))
    np.testing.assert_array_equal(null, again)
    assert np.abs(null.mean(axis=0)).max() < 0.03
    assert (null < 0).any()


def p_value(first, second, permutations):
    pair = sources([[first], [second]])
    null = permutation_null(*pair, permutations, np.random.default_rng(2))
    return permutation_p_value(compare(pair)[0, 1].cka_minibatch[0, 0], null[:, 0, 0])


def test_related_networks_are_told_from_chance():
    first, second = networks()
    assert p_value(first[0], second[0], 99) == pytest.approx(0.01)


def test_p_values_of_unrelated_networks_are_uniform():
    generator = np.random.default_rng(5)
    drawn = np.array([p_value(*generator.normal(size=(2, COUNT, 6)), 19) for _ in range(200)])
    assert abs(drawn.mean() - 0.525) < 4 * 0.288 / np.sqrt(200)
    assert 0.04 < (drawn <= 0.1).mean() < 0.18


def test_chosen_layers_are_those_of_the_whole():
    pair = sources(networks())
    whole = permutation_null(*pair, 4, np.random.default_rng(3))
    part = permutation_null(*pair, 4, np.random.default_rng(3), layers=([1], [2, 0]))
    np.testing.assert_allclose(part, whole[:, [1]][:, :, [2, 0]], atol=1e-12)


def test_layers_without_a_value_have_none_under_permutation():
    first, second = networks()
    dead = 1000 + np.random.default_rng(6).integers(2, size=(COUNT, 3)) * 1e-6
    lone = np.zeros((COUNT, 3))
    lone[2] = 1
    null = permutation_null(
        *sources([[first[0], dead], [lone, second[0]]]), 2, np.random.default_rng(0)
    )
    np.testing.assert_array_equal(np.isnan(null), [[[True, False], [True, True]]] * 2)


@pytest.mark.parametrize("scale", [1e-15, 1e15])
def test_scale_of_features_is_indifferent(scale):
    first, second = ([layer.astype(np.float32) for layer in part] for part in networks())
    far = [(layer * scale).astype(np.float32) for layer in first]
    near, scaled = (
        permutation_null(*sources([part, second]), 2, np.random.default_rng(0))
        for part in (first, far)
    )
    np.testing.assert_allclose(scaled, near, atol=1e-6)


def test_groups_of_another_length_are_refused():
    with pytest.raises(ValueError, match="groups have shape"):
        permutation_null(*sources(networks()), 1, np.random.default_rng(0), groups=np.zeros(5))


def test_p_value_counts_ties_and_itself():
    assert permutation_p_value(0.5, [0.1, 0.5, 0.6, 0.2]) == pytest.approx(3 / 5)
    assert permutation_p_value(0.9, [0.1] * 99) == pytest.approx(0.01)
    assert np.isnan(permutation_p_value(np.nan, [0.1]))
    assert np.isnan(permutation_p_value(0.3, [0.1, np.nan]))
