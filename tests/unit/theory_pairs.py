"""Pairs in every regime, and gradient flow of what the theory linearises, for its tests."""

import numpy as np
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from repatlas.theory.effective import Curves, Pair, Rates, Start
from repatlas.theory.final_distance import final_distance, initial_part, task_part

REGIMES = ("rich", "lazy", "contracting", "identical", "merging")


def log_floats(low, high):
    return st.floats(np.log(low), np.log(high)).map(lambda log: float(np.exp(log)))


@st.composite
def pairs(draw, regimes=REGIMES, *, scalar=False):
    """A pair, its rates and a start whose outputs do not point the wrong way."""
    regime = draw(st.sampled_from(regimes))
    same = regime in ("identical", "merging")
    pair = Pair(draw(log_floats(0.2, 3)), 0.0 if same else draw(log_floats(0.1, 3)))
    rates = Rates(draw(log_floats(3e-3, 0.3)), draw(log_floats(3e-3, 0.3)))
    ratio = rates.hidden * pair.input_square / rates.output
    task = np.sqrt(ratio * pair.target_square)
    small = draw(log_floats(0.003, 0.3))
    if regime == "lazy":
        hidden = task / small
        output = draw(st.floats(0, 0.5)) * hidden**2 / ratio
    elif regime == "contracting":
        # Far stronger decoders take h through many powers of ten, where no solver keeps its digits.
        hidden = draw(log_floats(0.01, 0.5)) * task
        output = (hidden + task / max(small, 0.03)) * hidden / ratio
    else:
        hidden = small * task if task else small
        output = hidden**2 / ratio * draw(st.floats(0.3, 0.9))
        output *= 3 if regime == "merging" else 1
    cosine = 1.0 if scalar or same else draw(st.floats(0.1, 1))
    return pair, rates, start_of(pair, hidden, output, cosine)


def start_of(pair, hidden, output, cosine=1.0):
    along = cosine * np.sqrt(output * pair.target_square)
    return Start(hidden, output, output - along)


def life_time(pair, rates, start):
    """Time in which the slower of both rates at the end takes a part of e away."""
    initial, task = initial_part(pair, rates, start), task_part(pair, rates)
    slower = min(np.hypot(initial / 2, task), final_distance(pair, rates, start))
    if pair.target_square == 0:
        # Points that merge have no end that they reach at a rate.
        slower = max(slower, start.hidden / 10)
    return float(1 / (rates.output * slower))


def flow(inputs, targets, rates, encoder, decoder, times):
    """Gradient flow of half the squared error, averaged over points, written out point by point.

    Returns D_h (t, p, d) and D_y (t, m, p); 1 / tau is twice each rate.
    """
    x, y = inputs - inputs.mean(0), targets - targets.mean(0)

    def change(_, flat):
        first = flat[: encoder.size].reshape(encoder.shape)
        second = flat[encoder.size :].reshape(decoder.shape)
        down, up = np.zeros_like(first), np.zeros_like(second)
        for a, b in zip(x, y, strict=True):
            error = second @ first @ a - b
            down -= 2 * rates.hidden * np.outer(second.T @ error, a) / len(x)
            up -= 2 * rates.output * np.outer(error, first @ a) / len(x)
        return np.concatenate([down.ravel(), up.ravel()])

    flat = np.concatenate([encoder.ravel(), decoder.ravel()])
    found = solve_ivp(
        change, (times[0], times[-1]), flat, "DOP853", t_eval=times, rtol=3e-14, atol=1e-16
    ).y.T
    return (
        found[:, : encoder.size].reshape(-1, *encoder.shape),
        found[:, encoder.size :].reshape(-1, *decoder.shape),
    )


def curves_of(first, second, dx, target):
    """h, y and w of one pair of points under maps (t, p, d) and (t, m, p)."""
    dh = first @ dx
    dy = np.einsum("tmp,tp->tm", second, dh)
    output = (dy**2).sum(1)
    return Curves((dh**2).sum(1), output, output - dy @ target)


def relative_errors(found, expected):
    """Largest difference of each curve, over its largest value."""
    found, expected = found.stacked(), expected.stacked()
    largest = np.abs(expected).max(axis=-1)
    return np.abs(found - expected).max(axis=-1) / np.where(largest > 0, largest, 1)
