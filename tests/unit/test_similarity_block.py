"""Detection of blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatlas.similarity.block import Block, find_block, find_blocks, output_at


def planted(size, *blocks, inside=0.97, outside=0.3):
    """CKA and shares of a network of ``size`` block outputs with the given (start, stop) blocks."""
    cka, share = np.full((size, size), outside), np.full(size, 0.1)
    np.fill_diagonal(cka, 1)
    for start, stop in blocks:
        cka[start:stop, start:stop] = inside
        share[start:stop] = 0.8
    return share, cka


def brute_force(share, cka, least):
    """Longest run by trying all of them, the earliest of equals."""
    best = (0, 0)
    for start in range(len(share)):
        for stop in range(start + least, len(share) + 1):
            part = cka[start:stop, start:stop][np.triu_indices(stop - start, 1)]
            if (share[start:stop] > 0.5).all() and (part > 0.9).all():
                best = max(best, (start, stop), key=lambda run: (run[1] - run[0], -run[0]))
    return best


def test_planted_block_is_found():
    share, cka = planted(12, (3, 9))
    assert find_block(share, cka, np.ones(12)) == Block(tuple(range(3, 9)))


def test_layers_between_block_outputs_do_not_break_a_block():
    outputs = np.zeros(30, dtype=bool)
    outputs[2::3] = True
    share, cka = np.zeros(30), np.zeros((30, 30))
    inner_share, inner = planted(10, (4, 10))
    share[outputs] = inner_share
    cka[np.ix_(outputs, outputs)] = inner
    block = find_block(share, cka, outputs)
    assert (block.first, block.last) == (14, 29)
    assert block.outputs == (14, 17, 20, 23, 26, 29)


def test_two_blocks_are_found_in_order_and_the_larger_is_the_block():
    share, cka = planted(20, (0, 5), (9, 16))
    found = find_blocks(share, cka, np.ones(20))
    assert [(block.first, block.last) for block in found] == [(0, 4), (9, 15)]
    assert find_block(share, cka, np.ones(20)).first == 9


def test_high_share_without_similarity_is_no_block():
    share, cka = planted(8)
    assert find_block(share + 0.8, cka, np.ones(8)) is None


def test_similarity_without_share_is_no_block():
    _, cka = planted(8, (0, 8))
    assert find_block(np.full(8, 0.5), cka, np.ones(8)) is None


def test_every_pair_counts_not_only_neighbours():
    share, cka = planted(6, (0, 6))
    cka[0, 5] = cka[5, 0] = 0.5
    assert find_block(share, cka, np.ones(6)) == Block((0, 1, 2, 3, 4))


def test_constant_layer_ends_a_block():
    share, cka = planted(11, (0, 11))
    share[5] = np.nan
    cka[5] = cka[:, 5] = np.nan
    found = find_blocks(share, cka, np.ones(11))
    assert [block.outputs for block in found] == [(0, 1, 2, 3, 4), (6, 7, 8, 9, 10)]


def test_short_run_is_no_block():
    share, cka = planted(9, (2, 5))
    assert find_block(share, cka, np.ones(9)) is None
    assert find_block(share, cka, np.ones(9), least_outputs=3) is not None


def test_no_block_outputs():
    assert find_blocks(np.ones(3), np.ones((3, 3)), np.zeros(3)) == ()


def test_shapes_that_do_not_agree():
    with pytest.raises(ValueError, match="do not belong together"):
        find_block(np.ones(3), np.ones((4, 4)), np.ones(3))


@given(st.integers(1, 9), st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_longest_run_agrees_with_trying_all(size, seed, least):
    generator = np.random.default_rng(seed)
    share = generator.choice([0.2, 0.8, 0.8, 0.8], size)
    upper = np.triu(generator.choice([0.5, 0.95, 0.95, 0.95], (size, size)), 1)
    cka = upper + upper.T + np.eye(size)
    found = find_block(share, cka, np.ones(size), least_outputs=least)
    start, stop = brute_force(share, cka, least)
    assert (found.outputs if found else ()) == tuple(range(start, stop))


def test_outputs_at_fractions():
    block = Block((10, 17, 24, 31))
    assert [block.quantile(fraction) for fraction in (0, 1 / 3, 2 / 3, 1)] == [10, 17, 24, 31]
    with pytest.raises(ValueError, match="between 0 and 1"):
        block.quantile(1.2)
    with pytest.raises(ValueError, match="no block output"):
        output_at((), 0.5)
