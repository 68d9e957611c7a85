import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatlas.claims.bootstrap import estimate
from repatlas.claims.measurement import Measurement, Observation, Seed


def singles(values, cell="a"):
    return tuple(
        Observation(float(value), (Seed(cell, seed),), f"{cell}{seed}")
        for seed, value in enumerate(values)
    )


def pairs(effects, cell="a"):
    """A value for each pair of seeds: what both seeds add to it."""
    return tuple(
        Observation(float(effects[i] + effects[j]), (Seed(cell, i), Seed(cell, j)), f"{i} {j}")
        for i, j in itertools.combinations(range(len(effects)), 2)
    )


def interval(measurement, resamples=1000, seed=0):
    return estimate(measurement, resamples, np.random.default_rng(seed)).interval


def test_value_is_the_mean_over_seeds():
    assert estimate(
        Measurement(singles([1, 2, 6])), 100, np.random.default_rng(0)
    ).value == pytest.approx(3)


def test_value_of_a_contrast_is_the_difference_of_the_means():
    measurement = Measurement(singles([1, 2, 6]), singles([1, 1], "b"))
    assert estimate(measurement, 100, np.random.default_rng(0)).value == pytest.approx(2)


def test_equal_values_leave_no_spread():
    assert interval(Measurement(singles([0.5] * 4))) == pytest.approx((0.5, 0.5))


def test_with_three_seeds_the_interval_is_their_range():
    assert interval(Measurement(singles([0.1, 0.4, 0.9]))) == pytest.approx((0.1, 0.9))


@pytest.mark.parametrize("observations", [singles([1]), pairs([1, 2])])
def test_too_few_seeds_have_no_interval(observations):
    assert interval(Measurement(observations)) is None


def test_two_seeds_of_either_cell_are_enough_for_pairs_across_cells():
    across = tuple(
        Observation(float(i + 10 * j), (Seed("a", i), Seed("b", j)), f"{i} {j}")
        for i in range(2)
        for j in range(2)
    )
    assert interval(Measurement(across)) == pytest.approx((0, 11))
    assert interval(Measurement(across[:2])) is None


def test_one_seed_on_either_side_of_a_contrast_has_no_interval():
    assert interval(Measurement(singles([1, 2, 3]), singles([1], "b"))) is None


@pytest.mark.parametrize(
    "measurement",
    [Measurement(()), Measurement(singles([1, 2]), ()), Measurement((), singles([1]))],
)
def test_a_side_without_observations_has_no_value(measurement):
    found = estimate(measurement, 100, np.random.default_rng(0))
    assert np.isnan(found.value)
    assert found.interval is None


def test_same_generator_same_interval():
    measurement = Measurement(singles([0.1, 0.4, 0.9, 0.3]))
    assert interval(measurement, seed=3) == interval(measurement, seed=3)


def coverage(make, truth, trials=150):
    """Share of intervals that hold the truth."""
    generator = np.random.default_rng(11)
    found = [interval(make(generator), resamples=300) for _ in range(trials)]
    return np.mean([low <= truth <= high for low, high in found])


def test_interval_covers_the_mean_of_seeds():
    assert 0.87 <= coverage(lambda g: Measurement(singles(g.normal(size=20))), 0) <= 0.99


def test_interval_covers_the_mean_of_pairs_of_seeds():
    # Drawing pairs instead of seeds would cover the truth in about half of the trials.
    assert 0.85 <= coverage(lambda g: Measurement(pairs(g.normal(size=16))), 0) <= 1


def test_interval_covers_the_difference_of_two_cells():
    def make(generator):
        return Measurement(
            singles(generator.normal(1, 1, size=12)), singles(generator.normal(size=12), "b")
        )

    assert 0.85 <= coverage(make, 1) <= 0.99


def test_sides_of_a_contrast_in_one_cell_are_drawn_together():
    values = [0.0, 1, 2, 3, 4]
    together = interval(Measurement(singles(values), singles(values)))
    apart = interval(Measurement(singles(values), singles(values, "b")))
    assert together == pytest.approx((0, 0))
    assert apart[1] - apart[0] > 2


def test_networks_of_one_seed_are_drawn_together():
    once = singles([0.0, 1, 5])
    assert interval(Measurement(once + once)) == pytest.approx(interval(Measurement(once)))


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=6), st.integers(0, 99))
def test_interval_lies_within_the_values(values, seed):
    low, high = interval(Measurement(singles(values)), resamples=100, seed=seed)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_undefined_values_are_left_out_with_a_note():
    measurement = Measurement(singles([1, np.nan, 3]), singles([np.nan], "b")).finite()
    assert [item.value for item in measurement.observations] == [1, 3]
    assert measurement.minus == ()
    assert measurement.seeds == 0
    assert [note[:2] for note in measurement.left_out] == ["a1", "b0"]


def test_seeds_are_those_of_the_cell_with_fewest():
    assert Measurement(singles([1, 2, 3]), singles([1, 2], "b")).seeds == 2
    assert Measurement(singles([1, 2, 3]), pairs([1, 2, 3])).seeds == 3
