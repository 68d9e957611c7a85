"""How near points with the same target come, on tables whose answer is known."""

import numpy as np
from planted_dynamics import xor

from repatlas.dynamics.same_target import learnt, same_over_different

TARGETS = np.array([[0, 0, 1], [0, 0, 1], [1, 1, 0]])


def test_the_ratio_is_of_means_over_pairs():
    table = np.array([[0, 1, 2], [1, 0, 4], [2, 4, 0]])
    np.testing.assert_allclose(same_over_different(table, TARGETS), 1 / 3)
    np.testing.assert_allclose(same_over_different([table, 5 * table], TARGETS), [1 / 3, 1 / 3])


def test_points_in_one_place_have_none():
    assert np.isnan(same_over_different(np.zeros((3, 3)), TARGETS))


def test_replicas_that_diverged_have_not_learnt():
    pairs = xor(replicas=3)
    pairs.loss[1] = 1e-3, 0.5, np.nan
    assert learnt(pairs, 1).tolist() == [True, False, False]
