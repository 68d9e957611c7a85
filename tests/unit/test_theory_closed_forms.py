import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from theory_pairs import curves_of, flow, life_time, log_floats, pairs, relative_errors, start_of

from repatlas.theory.closed_forms import (
    identical_targets,
    lazy_limit,
    rich_half_time,
    rich_limit,
    signed_velocity,
)
from repatlas.theory.decay import decay
from repatlas.theory.effective import Pair, Rates, velocity
from repatlas.theory.final_distance import final_distance
from repatlas.theory.integrate import integrate
from repatlas.theory.solution import solve_pair
from repatlas.theory.unaligned import UnalignedStart, solve_unaligned, unaligned_final_distance

seeds = st.integers(0, 2**32 - 1)


def balanced(pair, rates, signed):
    """Start with A_high = 0."""
    slope = rates.output / (rates.hidden * pair.input_square)
    return start_of(pair, signed / np.sqrt(slope), signed**2)


@settings(deadline=None, max_examples=20)
@given(log_floats(0.2, 3), log_floats(0.1, 3), log_floats(0.01, 1), log_floats(1e-6, 0.1))
def test_balanced_start_gives_a_logistic_curve_with_its_half_time(inputs, targets, rate, share):
    pair, rates = Pair(inputs, targets), Rates(rate, 0.1)
    start = balanced(pair, rates, share * np.sqrt(targets))
    half = float(rich_half_time(pair, rates, start))
    times = np.array([0, half / 2, half, 2 * half])
    limit = rich_limit(pair, rates, start, times)
    assert relative_errors(integrate(pair, rates, start, times), limit).max() < 1e-5
    assert np.sqrt(limit.output[2] / targets) == pytest.approx(0.5)


def test_time_to_learn_goes_with_one_over_the_distances():
    rates = Rates(0.01, 0.1)
    times = []
    for scale in (1, 2):
        pair = Pair(scale**2, 1.0)
        times.append(rich_half_time(pair, rates, balanced(pair, rates, 0.01)))
    assert times[0] == pytest.approx(2 * times[1])


def test_large_start_gives_an_exponential_approach():
    pair, rates = Pair(1.0, 0.5), Rates(0.01, 0.01)
    start = start_of(pair, 100.0, 0.2, cosine=0.3)
    times = np.linspace(0, 10, 50)
    limit, course = lazy_limit(pair, rates, start, times), solve_pair(pair, rates, start, times)
    assert relative_errors(limit, course).max() < 3e-4
    fall = np.exp(-0.01 * 100 * times / 2)
    left = limit.output - 2 * (limit.output - limit.misalignment) + 0.5
    np.testing.assert_allclose(left, left[0] * fall**2, atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(pairs(("identical", "merging")))
def test_points_of_one_target(case):
    times = np.linspace(0, 10 * life_time(*case), 30)
    found = identical_targets(*case, times)
    np.testing.assert_allclose(found, integrate(*case, times).hidden, atol=1e-5 * found[0])


def test_balanced_points_of_one_target_merge_as_one_over_time():
    pair, rates = Pair(1.0, 0.0), Rates(0.5, 0.5)
    found = identical_targets(pair, rates, balanced(pair, rates, 0.25), [0.0, 8.0, 1e9])
    np.testing.assert_allclose(found, [0.25, 0.25 / (1 + 0.5 * 0.25 * 8), 2e-9], rtol=1e-6)


@settings(deadline=None, max_examples=20)
@given(pairs(("rich", "lazy", "contracting"), scalar=True), st.floats(-1, 2))
def test_one_signed_output_says_what_three_equations_say(case, share):
    pair, rates, _ = case
    signed = share * np.sqrt(pair.target_square)
    encoder = rates.hidden * pair.input_square
    # Any point with the conserved quantity of the start.
    initial = float(case[2].hidden - encoder / rates.output * case[2].output / case[2].hidden)
    hidden = initial / 2 + np.hypot(initial / 2, signed * np.sqrt(encoder / rates.output))
    if hidden < 1e-9:
        return
    state = (hidden, signed**2, signed**2 - signed * np.sqrt(pair.target_square))
    expected = velocity(state, encoder, rates.output, pair.target_square)
    found = float(signed_velocity(signed, *case))
    scale = rates.output * hidden + encoder * signed**2 / hidden
    assert 2 * signed * found == pytest.approx(expected[1], abs=1e-7 * scale)


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(1, 6))
def test_unaligned_pair_is_gradient_flow_of_both_maps(seed, width):
    generator = np.random.default_rng(seed)
    inputs, targets = generator.normal(size=(2, 3)), generator.normal(size=(2, 1))
    dx, target = inputs[1] - inputs[0], targets[1] - targets[0]
    rates = Rates(*generator.uniform(0.05, 0.5, size=2))
    encoder, decoder = generator.normal(size=(width, 3)) / 2, generator.normal(size=(1, width))
    pull = np.sqrt(rates.hidden * rates.output) * np.linalg.norm(dx) * abs(target[0])
    times = np.linspace(0, 20 / pull, 30)
    maps = flow(inputs, targets, rates, encoder, decoder, times)
    expected = curves_of(*maps, dx, target)
    dh, sign = encoder @ dx, np.sign(target[0])
    start = UnalignedStart(dh @ dh, (decoder**2).sum(), sign * (decoder @ dh)[0])
    pair = Pair(dx @ dx, target @ target)
    assert relative_errors(solve_unaligned(pair, rates, start, times), expected).max() < 1e-6
    # A start that points the wrong way waits before it turns.
    late = solve_unaligned(pair, rates, start, np.array([0, 100 / pull]))
    assert late.hidden[-1] == pytest.approx(unaligned_final_distance(pair, rates, start), rel=1e-6)


@settings(deadline=None, max_examples=20)
@given(pairs(("rich", "lazy", "contracting"), scalar=True))
def test_with_both_maps_along_one_direction_it_is_the_theory(case):
    pair, rates, start = case
    aligned = UnalignedStart(start.hidden, start.output / start.hidden, np.sqrt(start.output))
    final = unaligned_final_distance(pair, rates, aligned)
    assert final == pytest.approx(final_distance(*case), rel=1e-6)
    times = np.linspace(0, 10 * life_time(*case), 30)
    found, expected = solve_unaligned(pair, rates, aligned, times), solve_pair(*case, times)
    assert relative_errors(found, expected).max() < 1e-6


def test_the_theory_overrates_the_start_where_maps_are_not_aligned():
    # c U0 = 1 and h0 = 2: of the decoder the theory sees y0 / h0, which is next to nothing.
    pair, rates, start = Pair(1.0, 0.25), Rates(0.1, 0.1), UnalignedStart(2.0, 1.0, 0.01)
    exact = unaligned_final_distance(pair, rates, start)
    theory = final_distance(pair, rates, start_of(pair, 2.0, 1e-4))
    assert exact == pytest.approx(0.5 + np.sqrt(0.25 + 9 / 4 - 1e-4))
    assert theory - 2 > 1.3 * (exact - 2)


def test_decay_and_its_integral():
    fall, integral = decay(np.array([[0.0], [2.0]]), np.array([0.0, 3.0]))
    np.testing.assert_allclose(fall, [[1, 1], [1, np.exp(-6)]])
    np.testing.assert_allclose(integral, [[0, 3], [0, (1 - np.exp(-6)) / 2]])
