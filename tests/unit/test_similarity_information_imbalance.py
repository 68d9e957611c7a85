import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.similarity.information_imbalance import Neighbourhoods

seeds = st.integers(0, 2**32 - 1)


def by_the_definition(x, y):
    """Rank, among the distances from each example, of who is its nearest by x."""
    ranks = []
    for row in range(len(x)):
        others = [other for other in range(len(x)) if other != row]
        nearest = min(others, key=lambda other: np.linalg.norm(x[row] - x[other]))
        order = sorted(others, key=lambda other: np.linalg.norm(y[row] - y[other]))
        ranks.append(1 + order.index(nearest))
    return 2 * np.mean(ranks) / len(x)


@settings(deadline=None, max_examples=25)
@given(seeds, st.integers(4, 15))
def test_is_what_its_definition_says(seed, count):
    x, y = np.random.default_rng(seed).normal(size=(2, count, 3))
    found = Neighbourhoods.of(x).imbalance(Neighbourhoods.of(y))
    assert found == pytest.approx(by_the_definition(x, y))


@settings(deadline=None, max_examples=25)
@given(seeds)
def test_rotation_scale_and_translation_change_nothing(seed):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(20, 4))
    moved = 3 * x @ np.linalg.qr(generator.normal(size=(4, 4)))[0] + 5
    assert Neighbourhoods.of(x).imbalance(Neighbourhoods.of(moved)) == pytest.approx(2 / 20)


def test_unrelated_spaces_have_imbalance_1():
    x, y = np.random.default_rng(0).normal(size=(2, 600, 5))
    assert Neighbourhoods.of(x).imbalance(Neighbourhoods.of(y)) == pytest.approx(1, abs=0.06)


def test_a_part_of_a_space_predicts_it_less_than_the_other_way_round():
    whole = np.random.default_rng(0).normal(size=(300, 3))
    part, all_of_it = Neighbourhoods.of(whole[:, :1]), Neighbourhoods.of(whole)
    assert part.imbalance(all_of_it) > 2 * all_of_it.imbalance(part)


def test_examples_at_one_place_have_ranks_in_their_order():
    ranks = Neighbourhoods.of(np.zeros((4, 2))).ranks
    assert ranks.tolist() == [[0, 1, 2, 3], [1, 0, 2, 3], [1, 2, 0, 3], [1, 2, 3, 0]]
