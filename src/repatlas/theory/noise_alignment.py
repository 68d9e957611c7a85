"""Alignment of two networks that learn one linear task from noisy labels, in closed form.

Stand-in for "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment in Neural
Networks" (Umar and Laio 2026), claim 2, whose own formula was not at hand: the paper has an
analytic estimate for a linear network with one hidden layer, and so has this model.

Inputs are ``x ~ N(0, I_d)``, labels ``y = w.x + e`` with ``|w| = 1`` and ``e ~ N(0, 1 / SNR)``. A
linear network with one hidden layer that starts near zero and follows the gradient of the square
loss ends in the minimum-norm solution ``X^+ y``. There are n samples; ``ratio`` is n / d, and d is
large. Every function broadcasts its arguments.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def signal_power(ratio: ArrayLike) -> Floats:
    """Part of the teacher that the inputs span: ``E |P w|^2 = min(ratio, 1)``.

    P projects on the span of n random directions of d.
    """
    return np.minimum(np.asarray(ratio, dtype=np.float64), 1.0)


def noise_power(ratio: ArrayLike) -> Floats:
    """Amplification of label noise: ``E |X^+ e|^2`` for noise of variance 1.

    The mean trace of the pseudo-inverse of a Wishart matrix for large d: ``ratio / (1 - ratio)``
    with fewer samples than inputs, ``1 / (ratio - 1)`` with more, infinite where both are as many.
    """
    alpha = np.asarray(ratio, dtype=np.float64)
    with np.errstate(divide="ignore"):
        power: Floats = np.minimum(alpha, 1.0) / np.abs(1.0 - alpha)
    return power


def cosine(ratio: ArrayLike, snr: ArrayLike, *, shared: bool = True) -> Floats:
    """Cosine between the end-to-end maps of two learners with independent label noise.

    The noise parts of the two are uncorrelated, so that the cosine is what both have of the teacher
    over what each has in all: with ``E |P w|^2`` and ``E |X^+ e|^2`` as above,
    ``1 / (1 + 1 / (SNR |1 - ratio|))`` on either side of the threshold.

    Parameters
    ----------
    ratio
        n / d, 0 or more.
    snr
        Variance of the labels without noise over that of the noise, above 0.
    shared
        Whether both learners have the same inputs. Else each projects the teacher on its own
        span, and the cosine has the further factor ``min(ratio, 1)``.

    Returns
    -------
    Floats
        0 at ratio 1; with shared inputs ``SNR / (1 + SNR)`` as ratio goes to 0; 1 as it grows.
    """
    alpha, ratio_of_power = np.asarray(ratio, np.float64), np.asarray(snr, np.float64)
    with np.errstate(divide="ignore"):
        own = 1.0 / (1.0 + 1.0 / (ratio_of_power * np.abs(1.0 - alpha)))
    return own if shared else own * signal_power(alpha)


def hidden_cka(ratio: ArrayLike, snr: ArrayLike, *, shared: bool = True) -> Floats:
    """Linear CKA between the hidden layers of the two, with one output: the squared cosine.

    The hidden layer is then ``u (w.x)``, one direction, and for isotropic inputs the CKA of two
    such layers is the squared correlation of ``w_a.x`` and ``w_b.x``.
    """
    return cosine(ratio, snr, shared=shared) ** 2


def excess_error(ratio: ArrayLike, snr: ArrayLike) -> Floats:
    """Test error above that of the teacher, ``E |X^+ y - w|^2``, in units of ``|w|^2``.

    What is not spanned of the teacher, and the amplified noise: ``(1 - ratio) + ratio / ((1 -
    ratio) SNR)`` with fewer samples than inputs, ``1 / ((ratio - 1) SNR)`` with more.
    """
    return 1.0 - signal_power(ratio) + noise_power(ratio) / np.asarray(snr, np.float64)
