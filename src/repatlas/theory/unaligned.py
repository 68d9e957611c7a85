"""The linearised pair without the assumption that representations move along their difference.

For a scalar output the decoder is a vector ``u`` (p,), and the gradient flow of ``dh`` and ``u`` is
solved by three numbers of the start: ``h0 = |dh|^2``, ``U0 = |u|^2`` and ``q0 = u.dh = dy``. With
``dh`` along ``u`` it is the theory of three equations. At a wide random start the two are nearly
orthogonal, ``y0 / h0`` is then much less than ``U0``, and the theory's final distance is off where
``(eta_h |dx|^2 / eta_y) U0`` is not small.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from repatlas.theory.checks import check_rates
from repatlas.theory.decay import decay
from repatlas.theory.effective import Curves, Floats, Pair, Rates, Value, column


@dataclass(frozen=True, eq=False)
class UnalignedStart:
    """Start of a pair with a scalar output; fields are numbers or arrays (...,).

    Attributes
    ----------
    hidden
        ``h0``.
    decoder_square
        ``U0``, squared norm of the gradient of the output with respect to the hidden layer.
    signed_output
        ``q0``, difference of the outputs, above 0 if it points along that of the targets; at most
        ``sqrt(h0 U0)`` in size.
    """

    hidden: Value
    decoder_square: Value
    signed_output: Value


def unaligned_final_distance(pair: Pair, rates: Rates, start: UnalignedStart) -> Floats:
    """Squared hidden distance after training, (...,).

    ``(h0 - c U0) / 2 + sqrt(c d^2 + (h0 + c U0)^2 / 4 - c q0^2)`` with ``c = eta_h |dx|^2 / eta_y``
    and ``d = |dy*|``.

    Raises
    ------
    InputError
        A rate is not above 0.
    """
    check_rates(rates)
    ratio = np.asarray(rates.hidden, np.float64) * pair.input_square / rates.output
    hidden, decoder = np.asarray(start.hidden, np.float64), ratio * start.decoder_square
    across = hidden * decoder - ratio * np.asarray(start.signed_output) ** 2
    root = np.sqrt(ratio * pair.target_square + (hidden - decoder) ** 2 / 4 + across)
    final: Floats = (hidden - decoder) / 2 + root
    return final


def solve_unaligned(pair: Pair, rates: Rates, start: UnalignedStart, times: ArrayLike) -> Curves:
    """Course of the pair.

    ``dh`` and ``u``, each over the square root of its rate, add up to a vector that only grows and
    differ by one that only shrinks, by ``exp(f)`` and ``exp(-f)``; ``E = exp(2 f)`` follows a
    Riccati equation with constant coefficients.

    Parameters
    ----------
    pair, rates, start
        All of shape (...,), broadcast.
    times
        (t,) since the start.

    Returns
    -------
    Curves
        (..., t).

    Raises
    ------
    InputError
        A rate is not above 0.
    """
    check_rates(rates)
    decoder, encoder = column(rates.output), column(rates.hidden) * column(pair.input_square)
    scaled_hidden = decoder * column(start.hidden)
    scaled_decoder = encoder * column(start.decoder_square)
    coupling = np.sqrt(encoder * decoder)
    product = coupling * column(start.signed_output)
    # A quarter of the squared sum and difference: dE/dt = pull E - sum E^2 + difference.
    total = (scaled_hidden + scaled_decoder + 2 * product) / 4
    rest = np.maximum(scaled_hidden + scaled_decoder - 2 * product, 0) / 4
    pull = coupling * np.sqrt(column(pair.target_square))
    growth = _riccati(pull, total, rest, np.asarray(times, dtype=np.float64))
    hidden = (total * growth + rest / growth + (scaled_hidden - scaled_decoder) / 2) / decoder
    signed = (total * growth - rest / growth) / coupling
    missing = signed - np.sqrt(column(pair.target_square))
    return Curves(hidden, signed**2, signed * missing)


def _riccati(pull: Floats, total: Floats, rest: Floats, times: Floats) -> Floats:
    """Solution (..., t) of ``dE/dt = pull E - total E^2 + rest`` from ``E = 1``."""
    rate = np.sqrt(pull**2 + 4 * total * rest)
    fall, ramp = decay(rate, times)
    risen = 1 + fall + (pull + 2 * rest) * ramp
    growth: Floats = risen / (1 + fall + (2 * total - pull) * ramp)
    return growth
