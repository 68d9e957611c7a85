"""How few images carry a component, and whether they stand apart from the others.

Figure 3 of "On the Origins of the Block Structure Phenomenon" shows by eye that projections on the
first component are bimodal: a few images lie orders of magnitude above the others. These are
numbers for it, which the paper does not give; the thresholds are this project's own.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import sklearn
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

DEPTH_THRESHOLD = 0.3
"""Two modes have a valley between them deeper than this, as a part of the lower of the modes."""

LEAST_SHARE, LEAST_IMAGES = 0.01, 3
"""An upper mode holds at least this share of the images, and so many: fewer are outliers."""

GAUSSIAN_GAIN = 0.26
"""What `Modes.bic_gain` is for a Gaussian vector of many images, as its logarithm is skewed."""

BANDWIDTH = 0.12
"""Standard deviation, in decades, of the kernel that smooths the density of magnitudes."""

LARGEST = 512
"""A density of more images is estimated from so many quantiles of them."""

LEAST_SPREAD = 1e-6
"""Decades of standard deviation below which all magnitudes are called equal."""

VARIANCE_FLOOR = 1e-3
"""Added to the variance of a mixture's components, in decades squared: no spike on equal values."""

SMALLEST = 1e-12
"""Magnitude, as a part of the root mean square, in whose place smaller ones are counted."""

STEPS = 50
"""Steps of a fit at most."""

STARTS = (0.6, 0.95)
"""Quantiles that split the images at the start of a fit: about even, and a few above the rest."""


@dataclass(frozen=True)
class Modes:
    """How the magnitudes |u_i| of a component are distributed over n images.

    Everything is NaN, and nothing bimodal, where the component is NaN (a constant layer).

    Attributes
    ----------
    participation
        Participation ratio, see `participation_ratio`.
    bic_gain
        By how much two Gaussian components describe log10 |u_i| better than one: difference of the
        Bayesian information criteria (BIC of one less BIC of two), an example. It says that one
        Gaussian does not do, and not that there are two modes: it is `GAUSSIAN_GAIN` for a
        Gaussian vector and higher for any other skewed distribution.
    depth
        Depth of the deepest valley of the density of log10 |u_i| (kernel of `BANDWIDTH`) above the
        median, as a part of the lower of the two maxima about it: 0 if unimodal, at most 1.
    bimodal
        Whether the valley is deeper than `DEPTH_THRESHOLD` and enough images lie above it.
    upper
        Size of the upper mode: share of the images above the valley; NaN unless bimodal.
    weight
        Their share of the sum of u_i^2; NaN unless bimodal.
    """

    participation: float
    bic_gain: float
    depth: float
    bimodal: bool
    upper: float
    weight: float


def participation_ratio(components: ArrayLike) -> NDArray[np.float64]:
    """Share of the images that carry a component: ``(sum u_i^2)^2 / (n sum u_i^4)``.

    It is 1 if all magnitudes are equal, k / n if k images have equal ones and the others 0, and
    1 / kurtosis for a centred vector: about 1/3 for a Gaussian one.

    Parameters
    ----------
    components
        (..., n), of any length; NaN gives NaN.

    Returns
    -------
    NDArray
        (...), in [1 / n, 1].

    Raises
    ------
    ValueError
        No image, or a component of zeros.
    """
    vectors = np.asarray(components, dtype=np.float64)
    if vectors.ndim == 0 or not vectors.shape[-1] or not vectors.any(axis=-1).all():
        raise ValueError("a participation ratio needs components that are not zero")
    squares = (vectors / np.abs(vectors).max(axis=-1, keepdims=True)) ** 2
    ratio: NDArray[np.float64] = squares.mean(axis=-1) ** 2 / (squares**2).mean(axis=-1)
    return ratio


def find_modes(component: ArrayLike) -> Modes:
    """Concentration and bimodality of the magnitudes of one component.

    Parameters
    ----------
    component
        (n,), of any length and sign.

    Raises
    ------
    ValueError
        Not a vector, or a vector of zeros.
    """
    vector = np.asarray(component, dtype=np.float64)
    if vector.ndim != 1:
        raise ValueError(f"modes are those of one component, not of an array {vector.shape}")
    if np.isnan(vector).any():
        return Modes(np.nan, np.nan, np.nan, False, np.nan, np.nan)
    participation = float(participation_ratio(vector))
    magnitudes = _log_magnitudes(vector)
    thinned = _thinned(magnitudes)
    if thinned.std() < LEAST_SPREAD:
        return Modes(participation, 0.0, 0.0, False, np.nan, np.nan)
    depth, place = _valley(thinned)
    above = magnitudes > place
    enough = above.sum() >= max(LEAST_IMAGES, LEAST_SHARE * len(vector))
    bimodal = bool(depth > DEPTH_THRESHOLD and enough)
    return Modes(
        participation=participation,
        bic_gain=_bic_gain(thinned, len(vector)),
        depth=depth,
        bimodal=bimodal,
        upper=float(above.mean()) if bimodal else np.nan,
        weight=float((vector[above] ** 2).sum() / (vector**2).sum()) if bimodal else np.nan,
    )


def _log_magnitudes(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Decades above the root mean square, (n,)."""
    relative = np.abs(vector) / np.abs(vector).max()
    relative /= np.sqrt(np.mean(relative**2))
    logarithms: NDArray[np.float64] = np.log10(np.maximum(relative, SMALLEST))
    return logarithms


def _thinned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(values) <= LARGEST:
        return np.sort(values)
    return np.quantile(values, (np.arange(LARGEST) + 0.5) / LARGEST)


def _valley(values: NDArray[np.float64]) -> tuple[float, float]:
    """Depth and place of the deepest valley above the median."""
    median = float(np.median(values))
    places = np.arange(median, values.max() + BANDWIDTH / 8, BANDWIDTH / 8)
    density = _density(values, places)
    main = _density(values, np.arange(median - 8 * BANDWIDTH, median, BANDWIDTH / 4)).max()
    before = np.maximum(np.maximum.accumulate(density), main)
    behind = np.maximum.accumulate(density[::-1])[::-1]
    depths = 1 - density / np.minimum(before, behind)
    deepest = int(depths.argmax())
    return float(depths[deepest]), float(places[deepest])


def _density(values: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kernel density up to a factor."""
    scaled = (places[:, None] - values) / BANDWIDTH
    density: NDArray[np.float64] = np.exp(-0.5 * scaled**2).mean(axis=1)
    return density


def _bic_gain(values: NDArray[np.float64], images: int) -> float:
    variance = values.var() + VARIANCE_FLOOR
    one = -0.5 * (np.log(2 * np.pi * variance) + values.var() / variance)
    two = max(_log_likelihood(values, start) for start in STARTS)
    # Two components have three parameters more: a mean, a variance and a weight.
    return float(2 * (two - one) - 3 * np.log(images) / images)


def _log_likelihood(values: NDArray[np.float64], start: float) -> float:
    """Mean log likelihood of two components fitted from a split of the images at a quantile."""
    above = values > np.quantile(values, start)
    parts = [values[~above], values[above]] if above.any() else [values, values]
    mixture = GaussianMixture(
        2,
        covariance_type="spherical",
        reg_covar=VARIANCE_FLOOR,
        weights_init=[part.size / (parts[0].size + parts[1].size) for part in parts],
        means_init=[[part.mean()] for part in parts],
        precisions_init=[1 / (part.var() + VARIANCE_FLOOR) for part in parts],
        max_iter=STEPS,
        random_state=0,
    )
    examples = values[:, None]
    with (
        warnings.catch_warnings(),
        sklearn.config_context(assume_finite=True, skip_parameter_validation=True),
    ):
        # A fit that is still improving a little is good enough to be compared.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return float(mixture.fit(examples).score(examples))
