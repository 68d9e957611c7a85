import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from theory_pairs import life_time, pairs, start_of

from repatlas.errors import InputError
from repatlas.theory.effective import Pair, Rates, Start, velocity
from repatlas.theory.final_distance import final_distance, initial_part, regimes, task_part
from repatlas.theory.fixed_points import fitted_eigenvalues, merged_eigenvalues
from repatlas.theory.integrate import integrate
from repatlas.theory.solution import solve_pair


@settings(deadline=None, max_examples=30)
@given(pairs(("rich", "lazy", "contracting", "identical")))
def test_is_where_a_long_integration_ends(case):
    times = [0.0, 50 * life_time(*case)]
    final = final_distance(*case)
    assert integrate(*case, times).hidden[-1] == pytest.approx(final, rel=1e-4)
    assert solve_pair(*case, times).hidden[-1] == pytest.approx(final, rel=1e-6)


@settings(deadline=None, max_examples=20)
@given(pairs(("merging",)))
def test_points_of_one_target_merge_if_the_decoder_is_stronger(case):
    initial, final = initial_part(*case), final_distance(*case)
    assert final == max(initial, 0)
    late = solve_pair(*case, [0.0, 50 * life_time(*case)]).hidden[-1]
    assert late == pytest.approx(final, abs=case[2].hidden / 5)


@settings(deadline=None, max_examples=20)
@given(pairs(("rich", "lazy", "contracting")), st.floats(-0.9, 1))
def test_does_not_depend_on_the_misalignment_at_the_start(case, cosine):
    pair, rates, start = case
    other = start_of(pair, start.hidden, start.output, cosine)
    assert final_distance(pair, rates, other) == final_distance(*case)
    late = solve_pair(pair, rates, other, [0.0, 50 * life_time(*case)]).hidden[-1]
    assert late == pytest.approx(final_distance(*case), rel=1e-6)


def test_limits_by_hand():
    pair, rates = Pair(4.0, 9.0), Rates(0.02, 0.5)
    assert task_part(pair, rates) == pytest.approx(0.2 * 2 * 3)
    assert initial_part(pair, rates, Start(2.0, 5.0, 0.0)) == pytest.approx(2 - 0.16 * 2.5)
    assert final_distance(pair, rates, Start(1e-6, 0.0, 0.0)) == pytest.approx(1.2)
    assert final_distance(pair, rates, Start(1e3, 0.0, 0.0)) == pytest.approx(1e3 + 1.44e-3)
    strong = Start(1e-6, 1e6 * 1e-6 / 0.16, 0.0)
    assert final_distance(pair, rates, strong) == pytest.approx(1.44e-6, rel=1e-3)


def test_regimes_are_told_by_the_larger_part():
    pair = Pair(1.0, np.array([1.0, 1.0, 1.0, 0.0]))
    start = Start(np.array([0.01, 3.0, 0.01, 0.01]), np.array([1e-4, 0.1, 0.1, 0.1]), 0.0)
    names = ["rich", "lazy", "contracting", "identical"]
    assert regimes(pair, Rates(1.0, 1.0), start).tolist() == names
    assert regimes(Pair(1.0, 1.0), Rates(1.0, 1.0), Start(0.1, 0.0, 0.0)) == "rich"


@settings(deadline=None, max_examples=20)
@given(pairs(("rich", "lazy", "contracting")))
def test_eigenvalues_where_the_pair_is_fitted_are_those_of_a_numerical_jacobian(case):
    pair, rates, _ = case
    encoder, final = rates.hidden * pair.input_square, float(final_distance(*case))
    initial, slope = float(initial_part(*case)), rates.output / encoder

    def change(state):
        h, w = state
        y = slope * h * (h - initial)
        found = velocity((h, y, w), encoder, rates.output, pair.target_square)
        return np.array([found[0], found[2]])

    steps = np.diag([1e-5 * final, 1e-5 * pair.target_square])
    end = np.array([final, 0])
    sides = [(change(end + step) - change(end - step)) / 2 for step in steps]
    jacobian = np.stack(sides, axis=1) / np.diag(steps)
    expected = np.sort(np.linalg.eigvals(jacobian).real)
    np.testing.assert_allclose(np.sort(fitted_eigenvalues(*case)), expected, rtol=1e-4)


@settings(deadline=None, max_examples=20)
@given(pairs(("rich", "lazy", "contracting")))
def test_eigenvalues_at_a_merger_are_rates_along_rays(case):
    pair, rates, _ = case
    encoder = rates.hidden * pair.input_square
    initial, slope = float(initial_part(*case)), rates.output / encoder
    up, down = merged_eigenvalues(*case)
    assert up > 0 > down
    h = 1e-9 * float(task_part(pair, rates))
    scale = max(up, -down)
    for rate in (up, down):
        w = -rate * h / encoder
        state = (h, slope * h * (h - initial), w)
        found = velocity(state, encoder, rates.output, pair.target_square)
        assert found[0] == pytest.approx(rate * h, abs=1e-5 * scale * h)
        assert found[2] == pytest.approx(rate * w, abs=1e-5 * scale * scale * h / encoder)


def test_impossible_distances_and_rates_are_refused():
    with pytest.raises(InputError, match="rate of the decoder is 0"):
        final_distance(Pair(1.0, 1.0), Rates(1.0, 0.0), Start(1.0, 0.0, 0.0))
    with pytest.raises(InputError, match="output distance at the start is -1"):
        final_distance(Pair(1.0, 1.0), Rates(1.0, 1.0), Start(1.0, np.array([0, -1]), 0.0))
