"""How layers differ in the rich regime: from the geometry of inputs to that of targets.

The effective theory looks at one hidden layer and has no depth. In a deep linear network whose
layers are balanced, which small starts approach, the distances at all layers are known, and the
theory's exponent of ``|dy*|`` is right in the middle only.
"""

import numpy as np

from repatlas.errors import InputError
from repatlas.theory.effective import Floats, Pair


def layer_exponents(layers: int) -> Floats:
    """``d ln|dh_l|^2 / d ln|dy*|`` of hidden layers l = 1 to L, (L,): ``2 l / (L + 1)``.

    The theory of a pair has 1, as the layer in the middle.

    Parameters
    ----------
    layers
        Number of hidden layers, L, of L + 1 weight matrices.

    Raises
    ------
    InputError
        There is no hidden layer.
    """
    if layers < 1:
        raise InputError(f"a network has {layers} hidden layers: give 1 or more")
    return 2 * np.arange(1, layers + 1) / (layers + 1)


def layer_distances(pair: Pair, layers: int) -> Floats:
    """Squared distance at each hidden layer of a balanced deep linear network that fits the pair.

    ``|dh_l|^2 = |dx|^(2 - e_l) |dy*|^e_l`` with the exponents ``e_l`` of ``layer_exponents``.

    Parameters
    ----------
    pair
        Of shape (...,).
    layers
        Number of hidden layers, L.

    Returns
    -------
    Floats
        (..., L).

    Raises
    ------
    InputError
        There is no hidden layer.
    """
    half = layer_exponents(layers) / 2
    input_square = np.asarray(pair.input_square, dtype=np.float64)[..., None]
    target_square = np.asarray(pair.target_square, dtype=np.float64)[..., None]
    table: Floats = input_square ** (1 - half) * target_square**half
    return table


def measured_exponents(hidden: Floats, target_square: Floats) -> Floats:
    """Slope of ``ln|dh_l|^2`` against ``ln|dy*|`` over networks trained with different targets.

    Parameters
    ----------
    hidden
        (r, L) final squared distances, above 0.
    target_square
        (r,) ``|dy*|^2``, above 0 and not all the same.

    Returns
    -------
    Floats
        (L,) by least squares.

    Raises
    ------
    InputError
        A distance is not above 0, or the targets are all the same.
    """
    if np.min(hidden) <= 0 or np.min(target_square) <= 0:
        raise InputError("exponents need distances above 0: leave out what merged")
    if np.ptp(target_square) == 0:
        raise InputError("exponents need networks with different target distances")
    logs = np.log(target_square) / 2
    slopes: Floats = np.polyfit(logs, np.log(hidden), 1)[0]
    return slopes
