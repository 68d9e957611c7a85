"""What theory makes of networks that were followed while they learnt.

Rates are over one step of gradient descent; layers count by depth from 0. NaN stands where nothing
was fitted: a replica that has diverged, or a layer that was not asked for.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from repatlas.setting_records import SettingRecord

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]
Texts = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Fits(SettingRecord):
    """The effective theory of a pair, fitted to every replica of one network.

    Replicas and settings are those of the `repatlas.dynamics.results.Trajectories` that were
    fitted.

    Attributes
    ----------
    hidden_rate, output_rate
        (r, L) effective rates of encoder and decoder at each hidden layer.
    error
        (r, L) root mean squared error of the three curves, each over its range.
    paper_error
        (r, L) the paper's fit loss over the number of records: squared errors, not normalised,
        summed over the three curves.
    line_slope, line_correlation
        (r, L) of the straight line of ``|dy|^2 / |dh|^2`` against ``|dh|^2``, which needs no fit of
        rates; ``eta_y / (eta_h |dx|^2)`` and 1 in the theory.
    identifiable
        (r, L) whether the course tells both rates. It does not where the hidden distance hardly
        moves (lazy).
    mean_rate
        (r,) rate of the mean output. NaN also where the loss is not that of the pair alone.
    loss_error
        (r,) root mean squared error of the loss, over its range.
    layer
        The hidden layer that is compared with theory.
    steps
        (t,) of the records.
    hidden, output, misalignment
        (r, t) courses of the theory at `layer`.
    loss
        (r, t) of the theory.
    variant
        (v,) ``true``, the theory, and equations with one term changed.
    variant_error
        (r, v) as `error`, at `layer`, each fitted anew.
    """

    FORMAT: ClassVar[str] = "repatlas.fits"

    hidden_rate: Floats
    output_rate: Floats
    error: Floats
    paper_error: Floats
    line_slope: Floats
    line_correlation: Floats
    identifiable: NDArray[np.bool_]
    mean_rate: Floats
    loss_error: Floats
    layer: int
    steps: Integers
    hidden: Floats
    output: Floats
    misalignment: Floats
    loss: Floats
    variant: Texts
    variant_error: Floats


@dataclass(frozen=True, eq=False)
class FinalDistances(SettingRecord):
    """Hidden distances after training on many pairs, told with rates that one pair gave.

    Attributes
    ----------
    measured
        (r,) final ``|dh|^2`` at the compared layer; replicas and settings are those of the grid.
    predicted
        (r,) by the closed form of the paper.
    unaligned
        (r,) by the exact solution without the assumption that representations move along their
        difference; NaN for more than one output.
    input_square, target_square
        (r,) ``|dx|^2`` and ``|dy*|^2``.
    start
        (r,) ``|dh|^2`` before the first step.
    a_high, a_low
        (r,) parts of the predicted distance that the start and the task set.
    converged
        (r,) whether the pair was learnt.
    hidden_rate, output_rate
        The rates, the same for all pairs; only their ratio counts.
    """

    FORMAT: ClassVar[str] = "repatlas.final_distances"

    measured: Floats
    predicted: Floats
    unaligned: Floats
    input_square: Floats
    target_square: Floats
    start: Floats
    a_high: Floats
    a_low: Floats
    converged: NDArray[np.bool_]
    hidden_rate: float
    output_rate: float


@dataclass(frozen=True, eq=False)
class Geometry(SettingRecord):
    """How much tables of distances agree; one row (m,) a comparison.

    Attributes
    ----------
    first, second
        (m,) names of networks; the second may be `INPUTS` or `THEORY`.
    regime
        (m,) the setting that both have.
    correlation
        (m,) Pearson's, over pairs of points. One scale factor changes nothing in it.
    scale
        (m,) factor on the second with which it is nearest to the first.
    null_mean, null_sd
        (m,) of the correlation if the points of the second are permuted.
    p
        (m,) share of permutations with a correlation as large, itself counted.
    """

    FORMAT: ClassVar[str] = "repatlas.geometry"

    first: Texts
    second: Texts
    regime: Texts
    correlation: Floats
    scale: Floats
    null_mean: Floats
    null_sd: Floats
    p: Floats


INPUTS, THEORY = "inputs", "theory"
"""Names in `Geometry` of the distances of the inputs, and of those of the rich regime."""


@dataclass(frozen=True, eq=False)
class LayerLaw(SettingRecord):
    """Two laws of the rich regime, in networks that learnt pairs with different targets.

    Attributes
    ----------
    layer
        (k,) hidden layers.
    exponent
        (k, r) slope of ``ln|dh|^2`` after training against ``ln|dy*|``, of every seed.
    predicted
        (k,) the slopes of a balanced deep linear network.
    input_square, target_square
        (g,) ``|dx|^2`` and ``|dy*|^2`` of the pairs.
    half_time
        (g, r) steps after which ``|dy|`` first is half of ``|dy*|``; NaN for a pair that never
        comes there, starts beyond it or was not learnt.
    predicted_half_time
        (g, r) of the logistic curve, with rates fitted to one pair of the same seed.
    seed
        (r,).
    """

    FORMAT: ClassVar[str] = "repatlas.layer_law"

    layer: Integers
    exponent: Floats
    predicted: Floats
    input_square: Floats
    target_square: Floats
    half_time: Floats
    predicted_half_time: Floats
    seed: Integers
