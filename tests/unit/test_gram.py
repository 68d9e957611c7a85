import numpy as np
import pytest
from cka_definitions import hsic_unbiased
from hypothesis import given
from hypothesis import strategies as st

from repatlas.store.gram import batch_rows, linear_gram, pack_upper, u_center, unpack_upper

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(4, 25), st.integers(1, 30), st.integers(1, 30))
def test_inner_product_of_u_centred_grams_is_the_unbiased_hsic(seed, n, p, q):
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(n, p)), generator.normal(size=(n, q))
    product = np.vdot(u_center(linear_gram(x)), u_center(linear_gram(y))) / (n * (n - 3))
    assert product == pytest.approx(hsic_unbiased(x, y), abs=1e-10 * n * p * q)


@given(seeds, st.integers(4, 25))
def test_u_centred_gram_is_hollow_symmetric_and_its_rows_sum_to_zero(seed, n):
    gram = u_center(linear_gram(np.random.default_rng(seed).normal(size=(n, 7))))
    assert (np.diagonal(gram) == 0).all()
    np.testing.assert_allclose(gram, gram.T, atol=1e-12)
    np.testing.assert_allclose(gram.sum(axis=1), 0, atol=1e-10)


def test_diagonal_is_not_read():
    gram = linear_gram(np.random.default_rng(0).normal(size=(6, 3)))
    other = gram.copy()
    np.fill_diagonal(other, 1e6)
    # The row sums are taken with the diagonal and without it again: only rounding is left.
    np.testing.assert_allclose(u_center(other), u_center(gram), atol=1e-8)


def test_offset_of_thirty_sd_costs_float32_nothing():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(64, 200)).astype(np.float32)
    moved = x + np.float32(30)
    exact = u_center(linear_gram(moved.astype(np.float64)))
    error = np.linalg.norm(u_center(linear_gram(moved)) - exact) / np.linalg.norm(exact)
    assert error < 2e-6


def test_three_examples_are_refused():
    with pytest.raises(ValueError, match="at least 4 examples, not 3"):
        u_center(np.eye(3))


@given(seeds, st.integers(2, 20))
def test_packing_keeps_every_pair_once_row_by_row(seed, n):
    gram = np.random.default_rng(seed).normal(size=(n, n))
    gram = gram + gram.T
    np.fill_diagonal(gram, 0)
    packed = pack_upper(gram)
    np.testing.assert_array_equal(packed, gram[np.triu_indices(n, 1)])
    np.testing.assert_array_equal(unpack_upper(packed, n), gram)


@given(st.integers(4, 2000), st.integers(4, 300))
def test_batches_cover_all_examples_and_none_is_too_small(count, size):
    batches = batch_rows(count, size)
    assert [start for start, _ in batches] == [0, *(stop for _, stop in batches[:-1])]
    assert batches[-1][1] == count
    assert all(4 <= stop - start <= size + 3 for start, stop in batches)


@pytest.mark.parametrize(
    ("count", "batches"),
    [
        (512, [(0, 256), (256, 512)]),
        (513, [(0, 256), (256, 513)]),
        (515, [(0, 256), (256, 515)]),
        (516, [(0, 256), (256, 512), (512, 516)]),
        (100, [(0, 100)]),
    ],
)
def test_last_batch_of_one_to_three_joins_the_one_before(count, batches):
    assert batch_rows(count, 256) == batches
