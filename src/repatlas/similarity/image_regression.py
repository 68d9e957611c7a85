"""How well simple statistics of images tell how far they project on a component.

The paper says of the dominant images that they share a background colour, by looking at them. Here
projections are regressed on colour, brightness and contrast, and the fit is judged on images that
were held out.
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float64]
Folds = NDArray[np.intp]

STATISTICS = ("mean_color", "border_color", "corner_color", "brightness", "contrast")
"""Statistics by their names in `repatlas.data.statistics`, in the order in which they are shown."""

ALL = "all together"

PENALTY = 1e-2
"""Ridge penalty for an image, on standardised features: fixed, so that nothing is tuned."""

FOLDS = 5

CONSTANT = 1e-12
"""Spread of a target, as a part of its squares, up to which it counts as constant."""

FLOOR = 1e-2
"""Projections are counted from this part of their root mean square on, where a log is taken."""


def log_projection(component: ArrayLike) -> Floats:
    """log10 of the magnitude of projections, from `FLOOR` of their root mean square on.

    This is what regressions explain: a component has no sign of its own, and dominant images are
    orders of magnitude above the others, so that the raw u_i would be a fit to those few alone.
    The signed u_i is the other choice; then it is images on opposite sides that are told apart.

    Parameters
    ----------
    component
        (n,), not all zero.

    Returns
    -------
    Floats
        (n,), 0 where a projection is the root mean square.
    """
    magnitudes = np.abs(np.asarray(component, dtype=np.float64))
    relative = magnitudes / np.sqrt(np.mean(magnitudes**2))
    logarithms: Floats = np.log10(np.maximum(relative, FLOOR))
    return logarithms


def image_features(statistics: Mapping[str, ArrayLike], names: Sequence[str]) -> Floats:
    """Features of a regression on some statistics.

    Parameters
    ----------
    statistics
        (n,) or (n, 3) of each image, by name.
    names
        Which of them are used.

    Returns
    -------
    Floats
        (n, d), all values side by side.
    """
    columns = [np.asarray(statistics[name], dtype=np.float64) for name in names]
    return np.concatenate([values.reshape(len(values), -1) for values in columns], axis=1)


def folds_of(ids: Sequence[str] | NDArray[np.str_], folds: int = FOLDS) -> Folds:
    """Folds of about equal size, by the SHA-256 of the ids: the same in every network.

    Returns
    -------
    Folds
        (n,), from 0 to ``folds - 1``.
    """
    digests = [hashlib.sha256(str(sample).encode()).hexdigest() for sample in ids]
    places = np.empty(len(digests), dtype=np.intp)
    places[np.argsort(digests, kind="stable")] = np.arange(len(digests))
    return places % folds


def held_out_r2(target: ArrayLike, features: ArrayLike, folds: int | ArrayLike = FOLDS) -> float:
    """Part of the variance of a target that is explained on images held out of the fit.

    The squared errors of `held_out_predictions` over those of the mean of the other folds.

    Parameters
    ----------
    target
        (n,).
    features
        (n, d); of no effect where constant.
    folds
        Their number, for a fixed shuffle of the images; or the fold (n,) of each image.

    Returns
    -------
    float
        At most 1; below 0 where the fit is worse than the mean; NaN for a constant target or one
        with NaN.

    Raises
    ------
    ValueError
        Shapes that do not agree, or fewer than two folds with images.
    """
    values = np.asarray(target, dtype=np.float64)
    return float(held_out_r2s(values[:, None], features, folds)[0])


def held_out_r2s(targets: ArrayLike, features: ArrayLike, folds: int | ArrayLike = FOLDS) -> Floats:
    """`held_out_r2` of many targets (n, m) on the same features at once, (m,)."""
    values = np.asarray(targets, dtype=np.float64)
    predicted = held_out_predictions(values, features, folds)
    baseline = held_out_predictions(values, np.zeros((len(values), 0)), folds)
    errors = ((values - predicted) ** 2).sum(axis=0)
    spread = ((values - baseline) ** 2).sum(axis=0)
    r2 = np.full(values.shape[1], np.nan)
    varies = spread > CONSTANT * (values**2).sum(axis=0)
    r2[varies] = 1 - errors[varies] / spread[varies]
    return r2


def held_out_predictions(
    targets: ArrayLike, features: ArrayLike, folds: int | ArrayLike = FOLDS
) -> Floats:
    """What a regression on the other folds says of each image.

    A ridge regression on the features and their squares (a colour may be preferred, and not only
    more or less of it), with a fixed penalty.

    Parameters
    ----------
    targets
        (n, m).
    features, folds
        As for `held_out_r2`; without features, the mean of the other folds is predicted.

    Returns
    -------
    Floats
        (n, m); NaN for a target with NaN.

    Raises
    ------
    ValueError
        Shapes that do not agree, or fewer than two folds with images.
    """
    values = np.asarray(targets, dtype=np.float64)
    table = np.asarray(features, dtype=np.float64)
    if table.ndim != 2 or values.ndim != 2 or len(values) != len(table):
        raise ValueError(f"targets {values.shape} and features {table.shape} do not fit together")
    fold = _shuffled(len(values), folds) if isinstance(folds, int) else np.asarray(folds)
    if fold.shape != (len(values),) or len(np.unique(fold)) < 2:
        raise ValueError(f"{len(values)} images need two folds or more, one for each image")
    known = np.isfinite(values).all(axis=0)
    predicted = np.full(values.shape, np.nan)
    for held in np.unique(fold):
        test = fold == held
        fitted = _predict(values[~test][:, known], table[~test], table[test])
        predicted[np.ix_(test, known)] = fitted
    return predicted


def null_r2(
    target: ArrayLike, features: ArrayLike, folds: int | ArrayLike = FOLDS, *, draws: int = 100
) -> Floats:
    """Held-out fit if statistics and projections had nothing to do with each other.

    Parameters
    ----------
    target, features, folds
        As for `held_out_r2`.
    draws
        Permutations of the target among the images, from a fixed seed.

    Returns
    -------
    Floats
        (draws,), about 0 and mostly below.
    """
    return held_out_r2s(permuted(target, draws), features, folds)


def permuted(target: ArrayLike, draws: int) -> Floats:
    """Permutations (n, draws) of a target (n,) among the images, from a fixed seed."""
    generator = np.random.default_rng(0)
    values = np.asarray(target, dtype=np.float64)
    return np.stack([generator.permutation(values) for _ in range(draws)], axis=1)


def _shuffled(images: int, folds: int) -> Folds:
    return np.random.default_rng(0).permutation(images) % folds


def _predict(targets: Floats, features: Floats, held: Floats) -> Floats:
    """Predict the targets of held out images (k, d) from those of the others."""
    if not features.shape[1] or not targets.shape[1]:
        return np.broadcast_to(targets.mean(axis=0), (len(held), targets.shape[1]))
    scaler = StandardScaler().fit(features)
    fit = Ridge(PENALTY * len(features))
    fit.fit(_with_squares(scaler.transform(features)), targets)
    predicted: Floats = fit.predict(_with_squares(scaler.transform(held)))
    return predicted.reshape(len(held), -1)


def _with_squares(scaled: Floats) -> Floats:
    return np.concatenate([scaled, scaled**2], axis=1)
