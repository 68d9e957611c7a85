import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from theory_pairs import curves_of, flow, life_time, log_floats, pairs, relative_errors, start_of

from repatlas.errors import InputError
from repatlas.theory.effective import (
    TERMS,
    Curves,
    Pair,
    Rates,
    Start,
    difference_loss,
    loss_curve,
    velocity,
)
from repatlas.theory.fixed_points import conserved
from repatlas.theory.integrate import integrate
from repatlas.theory.solution import solve_pair

seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=40)
@given(pairs())
def test_closed_solution_is_the_integrated_one(case):
    times = np.linspace(0, 20 * life_time(*case), 200)
    found, expected = solve_pair(*case, times), integrate(*case, times)
    assert relative_errors(found, expected).max() < 1e-5


@settings(deadline=None, max_examples=15)
@given(seeds, st.integers(1, 3), st.integers(1, 3), st.integers(1, 4))
def test_is_gradient_flow_of_two_points_that_move_along_their_difference(seed, d, m, p):
    generator = np.random.default_rng(seed)
    inputs, targets = generator.normal(size=(2, d)), generator.normal(size=(2, m))
    dx, target = inputs[1] - inputs[0], targets[1] - targets[0]
    rates = Rates(*generator.uniform(0.05, 0.5, size=2))
    # dh and the rows of the decoder lie on one direction of the hidden layer, and stay there.
    direction = generator.normal(size=p)
    encoder = np.outer(direction, dx) * generator.uniform(0.05, 0.5)
    decoder = np.outer(target + generator.normal(size=m) / 2, direction) * 0.3
    times = np.linspace(0, 30, 40)
    expected = curves_of(*flow(inputs, targets, rates, encoder, decoder, times), dx, target)
    pair = Pair(float(dx @ dx), float(target @ target))
    assert relative_errors(solve_pair(pair, rates, expected.start, times), expected).max() < 1e-6
    # Pairs that start near a saddle multiply what the solver errs by.
    stepped = integrate(pair, rates, expected.start, times, relative=1e-11)
    assert relative_errors(stepped, expected).max() < 1e-5


@settings(deadline=None, max_examples=20)
@given(pairs())
def test_conserves_the_balance_of_both_maps(case):
    pair, rates, _ = case
    course = integrate(*case, np.linspace(0, 5 * life_time(*case), 50))
    kept = conserved(pair, rates, course)
    terms = course.output / course.hidden + course.hidden / (rates.hidden / rates.output)
    np.testing.assert_allclose(kept, kept[0], atol=1e-5 * terms.max())


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (None, (-0.6, -0.55, 0.21)),
        ("alt1", (-0.6, -1.1, 0.21)),
        ("alt2", (-1.2, -0.55, 0.21)),
        ("alt3", (-0.6, -0.55, 0.39)),
        ("alt4", (-0.6, -0.4, 0.21)),
    ],
)
def test_velocities_by_hand(variant, expected):
    # h = 4, y = 1, w = 0.2, eta_h |dx|^2 = 3, eta_y = 0.5, |dy*|^2 = 0.1: dh = -3 w, dy = -w (2 +
    # 3 / 4) and dw = -(0.6 - 1 + 0.1) 2 / 2 - 3 (1 + 0.2) 0.2 / 8 = 0.3 - 0.09.
    found = velocity((4.0, 1.0, 0.2), 3.0, 0.5, 0.1, TERMS[variant])
    np.testing.assert_allclose(found, expected)


@settings(deadline=None, max_examples=20)
@given(pairs(("rich", "lazy", "contracting")), log_floats(0.01, 100), log_floats(0.01, 100))
def test_units_of_time_and_of_each_distance_are_free(case, scale, clock):
    pair, rates, start = case
    times = np.linspace(0, 10 * life_time(*case), 50)
    course = solve_pair(*case, times)
    slower = solve_pair(
        pair, Rates(rates.hidden / clock, rates.output / clock), start, clock * times
    )
    np.testing.assert_allclose(slower.stacked(), course.stacked(), rtol=1e-7, atol=1e-12)
    wider = solve_pair(
        pair,
        Rates(rates.hidden * scale, rates.output / scale),
        Start(start.hidden * scale, start.output, start.misalignment),
        times,
    )
    np.testing.assert_allclose(wider.hidden, scale * course.hidden, rtol=1e-7)
    np.testing.assert_allclose(wider.output, course.output, rtol=1e-6, atol=1e-12)
    larger = solve_pair(
        Pair(pair.input_square * 7, pair.target_square * scale),
        Rates(rates.hidden / scale / 7, rates.output),
        Start(start.hidden, start.output * scale, start.misalignment * scale),
        times,
    )
    np.testing.assert_allclose(larger.hidden, course.hidden, rtol=1e-6)
    np.testing.assert_allclose(larger.misalignment, scale * course.misalignment, atol=1e-6 * scale)


def test_goes_through_a_merger_and_comes_out_turned_round():
    pair, rates = Pair(1.0, 0.5), Rates(0.05, 0.1)
    start = start_of(pair, 0.01, 0.02, cosine=-1.0)
    times = np.linspace(0, 400, 4001)
    course = solve_pair(pair, rates, start, times)
    assert course.hidden.min() < 1e-4 * start.hidden
    assert course.output[-1] == pytest.approx(0.5)
    # The same by gradient flow with one hidden unit, where dh changes its sign.
    encoder, decoder = np.array([[0.1]]), np.array([[-np.sqrt(2)]])
    maps = flow(
        np.array([[0.0], [1.0]]), np.array([[0.0], [0.5**0.5]]), rates, encoder, decoder, times
    )
    expected = curves_of(*maps, np.array([1.0]), np.array([0.5**0.5]))
    assert relative_errors(course, expected).max() < 1e-7
    assert maps[0][-1, 0, 0] < 0


def test_a_start_on_the_way_into_the_saddle_dies_until_rounding_saves_it():
    pair, hidden = Pair(1.0, 0.25), np.geomspace(0.01, 1, 200)
    start = start_of(pair, hidden, hidden**2, cosine=-1.0)
    with np.errstate(invalid="raise", divide="raise"):
        course = solve_pair(pair, Rates(0.5, 0.5), start, [0.0, 20.0, 1e5])
    assert (course.hidden[:, 1] < 0.02 * hidden).all()
    ends = course.hidden[:, 2]
    assert set(np.round(ends, 9)) == {0.0, 0.5}


def test_a_variant_that_runs_into_a_merger_is_nan_and_others_are_not():
    pair = Pair(1.0, 0.5)
    wrong, right = (start_of(pair, 0.01, 0.02, cosine).misalignment for cosine in (-1.0, 1.0))
    both = Start(0.01, 0.02, np.array([wrong, right]))
    course = integrate(pair, Rates(0.05, 0.1), both, np.arange(400.0), "alt2").stacked()
    assert np.isnan(course[:, 0]).all()
    assert np.isfinite(course[:, 1]).all()


def test_many_pairs_in_one_go_are_the_pairs_one_by_one():
    squares, hidden = np.array([0.3, 0.0, 1.0]), np.array([[0.1], [2.0]])
    pair, rates = Pair(1.3, squares), Rates(0.1, np.array([[0.2], [0.3]]))
    start, times = Start(hidden, 0.05, 0.05), np.linspace(0, 60, 20)
    table, stepped = solve_pair(pair, rates, start, times), integrate(pair, rates, start, times)
    assert table.hidden.shape == stepped.output.shape == (2, 3, 20)
    for i in range(2):
        for j in range(3):
            one = solve_pair(
                Pair(1.3, squares[j]),
                Rates(0.1, (0.2, 0.3)[i]),
                Start(float(hidden[i, 0]), 0.05, 0.05),
                times,
            )
            np.testing.assert_allclose(table.stacked()[:, i, j], one.stacked(), rtol=1e-12)
            np.testing.assert_allclose(stepped.stacked()[:, i, j], one.stacked(), atol=1e-6)


def test_misalignment_is_lowest_half_way_and_the_loss_waits_on_a_plateau():
    pair, rates = Pair(1.0, 0.5), Rates(0.0063, 0.3)
    start, times = start_of(pair, 1e-5, 5e-9), np.arange(6000.0)
    course = solve_pair(pair, rates, start, times)
    lowest = course.misalignment.argmin()
    assert course.misalignment[lowest] == pytest.approx(-pair.target_square / 4, rel=1e-3)
    assert np.sqrt(course.output[lowest] / pair.target_square) == pytest.approx(0.5, abs=0.02)
    loss = loss_curve(course, pair, mean_square=0.9, mean_rate=0.05, times=times)
    assert loss[0] == pytest.approx(0.9 / 2 + 0.5 / 8, rel=1e-3)
    assert loss[10] == pytest.approx(0.9 / 2 * np.exp(-2 * 0.05 * 10) + 0.5 / 8, rel=1e-3)
    assert loss[150] == pytest.approx(0.5 / 8, rel=0.03)
    assert loss[-1] == pytest.approx(0, abs=1e-9)


@given(seeds)
def test_loss_is_half_the_squared_error_of_both_points(seed):
    generator = np.random.default_rng(seed)
    outputs, targets = generator.normal(size=(2, 2, 3))
    dy, wanted = outputs[1] - outputs[0], targets[1] - targets[0]
    y = np.array([dy @ dy])
    course = Curves(y, y, y - dy @ wanted)
    pair = Pair(1.0, float(wanted @ wanted))
    mean = ((outputs - targets).mean(0) ** 2).sum()
    loss = loss_curve(course, pair, mean_square=mean, mean_rate=1.0, times=[0.0])
    assert loss[0] == pytest.approx(((outputs - targets) ** 2).sum(1).mean() / 2)
    assert difference_loss(course, pair)[0] == pytest.approx(((dy - wanted) ** 2).sum() / 8)


@pytest.mark.parametrize(
    ("pair", "rates", "start", "message"),
    [
        (Pair(0.0, 1.0), Rates(1, 1), Start(1.0, 0.0, 0.0), "input distance is 0; give one above"),
        (Pair(1.0, -1.0), Rates(1, 1), Start(1.0, 0.0, 0.0), "target distance is -1; give 0"),
        (Pair(1.0, 1.0), Rates(1, 1), Start(0.0, 0.0, 0.0), "hidden distance at the start is 0"),
        (
            Pair(1.0, 1.0),
            Rates(1, 1),
            Start(np.nan, 0.0, 0.0),
            "hidden distance at the start is nan",
        ),
        (Pair(1.0, 1.0), Rates(1, 1), Start(1.0, 1.0, -0.1), "take y, w and"),
        (Pair(1.0, 0.0), Rates(1, 1), Start(1.0, 1.0, 0.5), "take y, w and"),
        (Pair(1.0, 1.0), Rates(0, 1), Start(1.0, 1.0, 0.5), "rate of the encoder is 0"),
        (Pair(1.0, 1.0), Rates(1, -1), Start(1.0, 1.0, 0.5), "rate of the decoder is -1"),
    ],
)
def test_impossible_pairs_are_refused(pair, rates, start, message):
    with pytest.raises(InputError, match=message):
        solve_pair(pair, rates, start, [0.0, 1.0])
