import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from theory_pairs import life_time, log_floats, pairs, start_of

from repatlas.errors import InputError
from repatlas.theory.effective import Curves, Pair, Rates, loss_curve
from repatlas.theory.fit import fit_rates
from repatlas.theory.guess import scan
from repatlas.theory.identify import least_change, profile_curvatures
from repatlas.theory.integrate import integrate
from repatlas.theory.mean_rate import fit_mean_rate, initial_mean_square
from repatlas.theory.objective import BROKEN, Measured, curve_ranges, errors
from repatlas.theory.solution import solve_pair

seeds = st.integers(0, 2**32 - 1)

PAIR, TRUE = Pair(1.0, 0.5), Rates(0.0063, 0.3)
TIMES = np.arange(1500.0)
SMALL = start_of(PAIR, 1e-3, 1e-4)


def noisy(course, seed, part=0.01):
    """Curves with noise of a part of their range on all but the first sample."""
    stacked = course.stacked()
    noise = np.random.default_rng(seed).normal(size=stacked.shape)
    noise[:, 0] = 0
    return Curves(*(stacked + part * np.ptp(stacked, axis=1, keepdims=True) * noise))


def planted(variant=None, rates=TRUE, start=SMALL):
    return integrate(PAIR, rates, start, TIMES, variant)


@settings(deadline=None, max_examples=8)
@given(pairs(("rich",)), st.floats(5, 40), seeds)
def test_recovers_planted_rates(case, lives, seed):
    pair, rates, _ = case
    times = np.linspace(0, lives * 2 * life_time(*case), 800)
    course = solve_pair(*case, times)
    fit = fit_rates(noisy(course, seed), pair, times=times)
    assert fit.loss < 2e-4
    if fit.identifiable:
        assert fit.rates.hidden == pytest.approx(rates.hidden, rel=0.05)
        assert fit.rates.output == pytest.approx(rates.output, rel=0.05)


@settings(deadline=None, max_examples=10)
@given(log_floats(1e-3, 1e-1), log_floats(1e-2, 1), st.floats(0.2, 0.9), seeds)
def test_finds_rates_of_a_small_start_and_says_that_it_does(hidden, output, balance, seed):
    rates = Rates(hidden, output)
    ratio = hidden / output
    start = start_of(PAIR, 0.02 * np.sqrt(ratio / 2), balance * 2e-4)
    times = np.linspace(0, 25 / np.sqrt(hidden * output / 2), 1000)
    fit = fit_rates(noisy(solve_pair(PAIR, rates, start, times), seed), PAIR, times=times)
    assert fit.identifiable
    assert fit.rates.hidden == pytest.approx(hidden, rel=0.03)
    assert fit.rates.output == pytest.approx(output, rel=0.03)


def test_curves_without_noise_give_the_rates_exactly():
    fit = fit_rates(planted(), PAIR)
    assert fit.rates.hidden == pytest.approx(TRUE.hidden, rel=1e-5)
    assert fit.rates.output == pytest.approx(TRUE.output, rel=1e-5)
    assert fit.loss < 1e-10
    assert np.isnan(fit.rates.mean)


def test_long_runs_are_fitted_at_a_thousand_of_their_samples_and_judged_at_all():
    times = np.arange(0, 1500, 0.25)
    course = noisy(solve_pair(PAIR, TRUE, SMALL, times), 3)
    fit = fit_rates(course, PAIR, times=times)
    assert fit.rates.hidden == pytest.approx(TRUE.hidden, rel=0.01)
    assert fit.predicted.hidden.shape == times.shape
    difference = fit.predicted.stacked() - course.stacked()
    assert fit.paper_loss == pytest.approx((difference**2).sum())


def test_unit_of_time_is_that_of_the_times():
    course = noisy(planted(), 0)
    first, second = fit_rates(course, PAIR), fit_rates(course, PAIR, times=10 * TIMES + 7)
    assert second.rates.hidden == pytest.approx(first.rates.hidden / 10, rel=1e-4)
    assert second.rates.output == pytest.approx(first.rates.output / 10, rel=1e-4)
    assert second.loss == pytest.approx(first.loss)


@pytest.mark.parametrize("scale", [1e-3, 40.0])
def test_units_of_distances_change_rates_and_not_the_fit(scale):
    course = noisy(planted(), 1)
    first = fit_rates(course, PAIR)
    wider = fit_rates(Curves(scale * course.hidden, course.output, course.misalignment), PAIR)
    assert wider.loss == pytest.approx(first.loss, rel=1e-4)
    assert wider.rates.hidden == pytest.approx(scale * first.rates.hidden, rel=1e-3)
    assert wider.rates.output == pytest.approx(first.rates.output / scale, rel=1e-3)
    larger = fit_rates(
        Curves(course.hidden, scale * course.output, scale * course.misalignment),
        Pair(1.0, 0.5 * scale),
    )
    assert larger.loss == pytest.approx(first.loss, rel=1e-4)
    assert larger.rates.hidden == pytest.approx(first.rates.hidden / scale, rel=1e-3)
    assert larger.hidden.sensitivity == pytest.approx(first.hidden.sensitivity, rel=1e-2)


@pytest.mark.parametrize("objective", ["range", "paper"])
def test_losses_are_what_they_are_said_to_be(objective):
    course = noisy(planted(), 2, part=0.05)
    fit = fit_rates(course, PAIR, objective=objective)
    total = mean = 0.0
    for name in ("hidden", "output", "misalignment"):
        curve, model = getattr(course, name), getattr(fit.predicted, name)
        total += sum((curve - model) ** 2)
        mean += np.mean(((curve - model) / (curve.max() - curve.min())) ** 2) / 3
    assert fit.paper_loss == pytest.approx(total)
    assert fit.loss == pytest.approx(mean)


def test_each_objective_is_the_smaller_where_it_is_minimised():
    # A hidden distance that the theory cannot have makes the two weigh differently.
    course = planted()
    bent = Curves(
        course.hidden * np.linspace(1, 1.4, len(TIMES)), course.output, course.misalignment
    )
    ranged, paper = (fit_rates(bent, PAIR, objective=name) for name in ("range", "paper"))
    assert ranged.loss < 0.99 * paper.loss
    assert paper.paper_loss < 0.99 * ranged.paper_loss


def test_paper_objective_finds_the_minimum_of_the_sum():
    course = noisy(planted(), 4, part=0.03)
    fit = fit_rates(course, PAIR, objective="paper")

    def total(hidden, output):
        model = solve_pair(PAIR, Rates(hidden, output), course.start, TIMES)
        return ((model.stacked() - course.stacked()) ** 2).sum()

    least = total(fit.rates.hidden, fit.rates.output)
    assert least == pytest.approx(fit.paper_loss)
    for up in (0.98, 1.02):
        assert total(fit.rates.hidden * up, fit.rates.output) > least
        assert total(fit.rates.hidden, fit.rates.output * up) > least


def test_altered_equations_fit_worse():
    course = noisy(planted(start=start_of(PAIR, 0.1, 1e-3)), 5, part=1e-3)
    true = fit_rates(course, PAIR)
    for variant in ("alt1", "alt2", "alt3", "alt4"):
        altered = fit_rates(course, PAIR, variant=variant)
        assert altered.loss > 3 * true.loss
        assert altered.paper_loss > 3 * true.paper_loss


def test_a_doubled_encoder_cannot_be_told_from_others_in_the_rich_limit():
    # There h and |dy| grow in proportion, and half and 3/2 of the rates make the same curves.
    ratio = TRUE.hidden / TRUE.output
    course = planted(start=start_of(PAIR, 0.01, 0.01**2 / ratio))
    altered = fit_rates(course, PAIR, variant="alt2")
    assert altered.loss < 1e-8
    assert altered.rates.hidden == pytest.approx(TRUE.hidden / 2, rel=1e-3)
    assert altered.rates.output == pytest.approx(TRUE.output * 1.5, rel=1e-3)


@pytest.mark.parametrize("variant", ["alt1", "alt2", "alt3", "alt4"])
def test_altered_equations_fit_what_they_made(variant):
    fit = fit_rates(planted(variant), PAIR, variant=variant)
    assert fit.rates.hidden == pytest.approx(TRUE.hidden, rel=1e-3)
    assert fit.rates.output == pytest.approx(TRUE.output, rel=1e-3)


def test_rates_without_a_solution_are_far_off_and_a_fit_can_leave_them():
    course = planted()
    nothing = Curves(*np.full((3, len(TIMES)), np.nan))
    found = errors(Measured(course, PAIR, TIMES), nothing, curve_ranges(course))
    np.testing.assert_allclose(found, BROKEN)


@settings(deadline=None, max_examples=8)
@given(st.floats(6, 30), seeds)
def test_lazy_course_does_not_tell_the_rate_of_the_encoder(ratio, seed):
    rates = Rates(0.002, 0.01)
    start = start_of(PAIR, ratio * np.sqrt(0.1), 1e-4)
    times = np.linspace(0, 20 / (0.005 * start.hidden), 600)
    course = solve_pair(PAIR, rates, start, times)
    for seen in (course, noisy(course, seed)):
        fit = fit_rates(seen, PAIR, times=times)
        assert not fit.hidden.identifiable
        assert not fit.identifiable
        assert fit.output.identifiable
        assert fit.rates.output == pytest.approx(rates.output, rel=0.05)


def test_a_run_that_goes_on_after_it_has_settled_tells_no_less():
    long = np.arange(20000.0)
    course = solve_pair(PAIR, TRUE, SMALL, long)
    short = Curves(*course.stacked()[:, :1500])
    first, second = fit_rates(short, PAIR), fit_rates(course, PAIR)
    assert second.identifiable
    assert second.hidden.sensitivity == pytest.approx(first.hidden.sensitivity, rel=0.2)


def test_a_course_that_stands_still_tells_nothing():
    still = np.full(50, 0.3)
    fit = fit_rates(Curves(still, still, still - 0.2), PAIR)
    assert not fit.hidden.identifiable
    assert not fit.output.identifiable


def test_the_other_rate_undoes_what_it_can():
    # Curves of the product of both rates only, and curves of one rate beside.
    best, ramp = np.array([0.3, -2.0]), np.array([[1.0], [2.0]])
    product = least_change(lambda logs: (ramp * (logs - best).sum())[:, 0], best, 0, 2.0)
    np.testing.assert_allclose(product, 0, atol=1e-6)
    first = least_change(lambda logs: logs - best, best, 0, 2.0)
    np.testing.assert_allclose(first, [np.log(2), 0], atol=1e-6)
    second = least_change(lambda logs: logs - best, best, 1, 0.5)
    np.testing.assert_allclose(second, [0, -np.log(2)], atol=1e-6)


@pytest.mark.parametrize("variant", [None, "alt1", "alt2", "alt3", "alt4"])
def test_guesses_are_near_and_ordered_by_the_equations_that_are_fitted(variant):
    course = planted(variant)
    measured = Measured(course, PAIR, TIMES)
    few, scale = measured.every(100), curve_ranges(course)
    guesses = scan(measured, scale, 10, variant)
    found = [(errors(few, few.predicted(Rates(*g), variant), scale) ** 2).mean() for g in guesses]
    assert found == sorted(found)
    assert found[0] < 0.05


def test_curvature_is_that_of_the_objective_along_one_rate():
    jacobian = np.random.default_rng(0).normal(size=(30, 2)) * [1, 3]
    errors = np.random.default_rng(1).normal(size=30)
    errors -= jacobian @ np.linalg.lstsq(jacobian, errors)[0]

    def profile(axis, step):
        rest = errors + jacobian[:, axis] * step
        other = jacobian[:, [1 - axis]]
        rest = rest - other @ np.linalg.lstsq(other, rest)[0]
        return np.mean(rest**2)

    for axis, found in enumerate(profile_curvatures(jacobian)):
        second = profile(axis, 1.0) + profile(axis, -1.0) - 2 * profile(axis, 0.0)
        assert found == pytest.approx(second)
    assert profile_curvatures(np.ones((5, 2)) * [1, 0]) == (2.0, 0.0)
    assert profile_curvatures(np.ones((5, 2)))[0] == pytest.approx(0)


@settings(deadline=None, max_examples=10)
@given(log_floats(1e-3, 0.3), log_floats(0.01, 2))
def test_third_rate_follows_from_the_loss(rate, square):
    course = planted()
    loss = loss_curve(course, PAIR, mean_square=square, mean_rate=rate, times=TIMES)
    assert initial_mean_square(loss[0], course, PAIR) == pytest.approx(square)
    assert fit_mean_rate(loss, course, PAIR) == pytest.approx(rate, rel=1e-5)
    slower = fit_mean_rate(loss, course, PAIR, times=4 * TIMES + 3)
    assert slower == pytest.approx(rate / 4, rel=1e-5)


def test_a_mean_that_is_right_from_the_start_has_no_rate():
    course = planted()
    loss = loss_curve(course, PAIR, mean_square=0.0, mean_rate=1.0, times=TIMES)
    assert np.isnan(fit_mean_rate(loss - 1e-12, course, PAIR))


def test_what_cannot_be_fitted_is_refused():
    course = planted()
    with pytest.raises(InputError, match="a time for each"):
        fit_rates(course, PAIR, times=[0.0, 1.0])
    with pytest.raises(InputError, match="a time for each"):
        fit_rates(Curves(*course.stacked()[:, :3]), PAIR)
    with pytest.raises(InputError, match="do not increase"):
        fit_rates(course, PAIR, times=-TIMES)
    with pytest.raises(InputError, match="did training fail"):
        fit_rates(Curves(course.hidden, course.output * np.nan, course.misalignment), PAIR)
    with pytest.raises(InputError, match="hidden distance at the start is 0"):
        fit_rates(Curves(0 * course.hidden, course.output, course.misalignment), PAIR)
    with pytest.raises(InputError, match="does not fit curves"):
        fit_mean_rate(np.ones(3), course, PAIR)
    with pytest.raises(InputError, match="did training fail"):
        fit_mean_rate(np.full(1500, np.inf), course, PAIR)


def test_theory_does_not_load_torch():
    code = (
        "import sys\n"
        "from repatlas.theory import closed_forms, depth, fit, mean_rate, modes, pairwise\n"
        "from repatlas.theory import straight_line, unaligned\n"
        "assert not {'torch', 'matplotlib', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
