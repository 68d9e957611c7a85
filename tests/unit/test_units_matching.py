import itertools

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.units.matching import (
    UNMATCHED,
    matched_scores,
    maximum_matching,
    permutation_cycles,
    semi_matching,
)

seeds = st.integers(0, 2**32 - 1)


def table(seed, p, q):
    return np.random.default_rng(seed).normal(size=(p, q))


def correlations(x, y):
    return np.corrcoef(x.T, y.T)[: x.shape[1], x.shape[1] :]


@settings(deadline=None, max_examples=50)
@given(seeds, st.integers(1, 5), st.integers(1, 5))
def test_maximum_matching_is_the_best_of_all_that_use_a_unit_once(seed, p, q):
    scores = table(seed, p, q)
    found = maximum_matching(scores)
    kept = found != UNMATCHED
    assert kept.sum() == min(p, q) == len(set(found[kept]))
    small = scores if p <= q else scores.T
    best = max(
        small[np.arange(len(small)), list(columns)].sum()
        for columns in itertools.permutations(range(small.shape[1]), len(small))
    )
    assert np.nansum(matched_scores(scores, found)) == pytest.approx(best)


@settings(deadline=None, max_examples=50)
@given(seeds, st.integers(1, 12), st.integers(1, 12))
def test_no_unit_has_a_better_match_than_its_best_one(seed, p, q):
    scores = table(seed, p, q)
    greedy = matched_scores(scores, semi_matching(scores))
    matched = matched_scores(scores, maximum_matching(scores))
    np.testing.assert_array_equal(greedy, scores.max(axis=1))
    assert not (matched > greedy).any()
    assert np.isnan(matched).sum() == max(p - q, 0)


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(2, 20), st.floats(0, 0.3))
def test_planted_order_is_found_through_scale_offset_and_noise(seed, width, noise):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(400, width))
    order = generator.permutation(width)
    y = 3 * x[:, order] * generator.uniform(0.1, 9, size=width) + 5
    y += noise * y.std(axis=0) * generator.normal(size=y.shape)
    scores = correlations(y, x)
    np.testing.assert_array_equal(maximum_matching(scores), order)
    np.testing.assert_array_equal(semi_matching(scores), order)


def test_unit_that_does_the_opposite_is_no_match():
    x = np.random.default_rng(0).normal(size=(100, 3))
    scores = correlations(x, np.column_stack([-x[:, 0], x[:, 1:]]))
    assert semi_matching(scores)[0] != 0
    assert matched_scores(scores, maximum_matching(scores)).min() > -0.5


def test_some_units_are_left_over_where_the_other_network_has_fewer():
    x = np.random.default_rng(1).normal(size=(100, 5))
    scores = correlations(x, x[:, [3, 0]])
    assert maximum_matching(scores).tolist() == [1, UNMATCHED, UNMATCHED, 0, UNMATCHED]
    assert maximum_matching(scores.T).tolist() == [3, 0]


def test_first_of_equal_matches_counts():
    assert semi_matching([[0.0, 0.0], [0.5, 0.5], [0.1, 0.2]]).tolist() == [0, 0, 1]


def test_optimum_is_that_of_the_graph_matching_of_the_paper():
    scores = table(3, 12, 12)
    graph = networkx.Graph()
    graph.add_weighted_edges_from(
        (row, 12 + column, scores[row, column]) for row in range(12) for column in range(12)
    )
    edges = networkx.max_weight_matching(graph, maxcardinality=True)
    best = sum(graph.edges[edge]["weight"] for edge in edges)
    assert scores[np.arange(12), maximum_matching(scores)].sum() == pytest.approx(best)


@settings(deadline=None, max_examples=50)
@given(st.permutations(range(9)))
def test_cycles_follow_the_permutation_and_hold_every_unit_once(order):
    cycles = permutation_cycles(order)
    assert sorted(itertools.chain(*cycles)) == list(range(9))
    for cycle in cycles:
        assert cycle[0] == min(cycle)
        assert [order[unit] for unit in cycle] == [*cycle[1:], cycle[0]]
    assert cycles == sorted(cycles)


def test_what_is_no_permutation_has_no_cycles():
    assert permutation_cycles([1, 0, 2]) == [[0, 1], [2]]
    for order in ([0, 0], [0, UNMATCHED], [1, 2]):
        with pytest.raises(ValueError, match="no permutation"):
            permutation_cycles(order)
