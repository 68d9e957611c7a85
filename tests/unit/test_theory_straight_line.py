import numpy as np
import pytest
from hypothesis import given, settings
from theory_pairs import life_time, pairs

from repatlas.errors import InputError
from repatlas.theory.effective import Curves
from repatlas.theory.final_distance import initial_part
from repatlas.theory.solution import solve_pair
from repatlas.theory.straight_line import straight_line


@settings(deadline=None, max_examples=20)
@given(pairs(("rich", "contracting", "identical")))
def test_theory_is_a_straight_line_that_tells_the_rates(case):
    pair, rates, _ = case
    line = straight_line(solve_pair(*case, np.linspace(0, 10 * life_time(*case), 60)))
    assert line.correlation == pytest.approx(1)
    assert line.rate_ratio(pair) == pytest.approx(rates.output / rates.hidden, rel=1e-4)
    initial = float(initial_part(*case))
    assert line.initial_part == pytest.approx(initial, rel=1e-4)
    assert line.intercept == pytest.approx(-line.slope * initial, rel=1e-4)


def test_a_bend_costs_correlation():
    h = np.linspace(1, 3, 50)
    straight = straight_line(Curves(h, h * (2 * h + 1), h))
    assert (straight.slope, straight.intercept) == pytest.approx((2, 1))
    assert straight_line(Curves(h, h * (h - 2) ** 2, h)).correlation < 0.5


def test_a_hidden_distance_that_stands_still_has_no_line():
    line = straight_line(Curves(np.ones(5), np.arange(5.0), np.ones(5)))
    assert np.isnan([line.slope, line.intercept, line.correlation, line.initial_part]).all()


def test_distances_of_nought_are_refused():
    with pytest.raises(InputError, match="not above 0"):
        straight_line(Curves(np.arange(5.0), np.ones(5), np.ones(5)))
