"""Multinomial logistic regression on the activations of one layer, for any number of features.

The mean cross-entropy plus ``strength / 2`` times the squared norm of the weights has one optimum,
whatever the optimiser, its rate and its number of epochs. Features are centred and divided by the
root mean squared norm of what varies outside their first principal component: no rotation or
scaling of a layer changes the result, and a first component that has grown large, which is what
makes a block, does not change how strongly the rest is penalised.

The penalty does not see rotations either, so the fit is made on principal component scores, of
which there are no more than images. Those with a tenth of the strength in variance or less are
left out: the penalty holds their weights near zero.
"""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.optimize
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.store.gram import CONSTANT
from repatlas.store.layer_grams import column_sums, gram, squared_norms

STRENGTH = 1e-4
"""Weight of the penalty: weak enough to fit most training images of a layer that tells them apart,
and near the best accuracy on test images over 1e-2 to 1e-6 (RN-56, 1000 photographs)."""

LEAST_REST = 1e-6
"""Part of the variance that float32 leaves outside the first component where nothing is there."""

TOLERANCE = 1e-7
"""The fit ends when a step lowers the objective by less than this part of it."""

MOST_ITERATIONS = 2000

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinearClassifier:
    """Class scores ``(x - mean) weights + intercepts``.

    Attributes
    ----------
    mean
        (p,) of the training features.
    weights
        (p, c).
    intercepts
        (c,).
    """

    mean: Tensor
    weights: Tensor
    intercepts: Tensor

    def right(self, features: Tensor, labels: Tensor) -> int:
        """How many of (b, p) features are put in their class, (b,)."""
        scores = (features - self.mean) @ self.weights + self.intercepts
        return int((scores.argmax(1) == labels).sum())


def fit_classifier(features: Tensor, labels: NDArray[np.int64], classes: int) -> LinearClassifier:
    """Fit a linear classifier.

    Parameters
    ----------
    features
        (n, p) float32.
    labels
        (n,).
    classes
        Number of classes c; one without an image is never chosen over the others.
    """
    mean = (column_sums(features) / len(features)).float()
    centered = features - mean
    scores = principal_scores(centered, float(squared_norms(features).sum()))
    weights, intercepts = fit_logistic(scores.values, scores.variances, labels, classes)
    return LinearClassifier(
        mean=mean,
        weights=scores.feature_weights(centered, weights),
        intercepts=torch.from_numpy(intercepts).float().to(features.device),
    )


def fit_logistic(
    scores: NDArray[np.float32],
    variances: Float64,
    labels: NDArray[np.int64],
    classes: int,
    strength: float = STRENGTH,
) -> tuple[Float64, Float64]:
    """Weights (r, c) and intercepts (c,) at the optimum; intercepts are not penalised.

    L-BFGS in variables scaled by the bound of Boehning (1992) on the Hessian, which is diagonal
    for uncorrelated features.

    Parameters
    ----------
    scores
        (n, r) uncorrelated features of mean 0.
    variances
        (r,) theirs.
    labels
        (n,).
    """
    count, width = scores.shape
    scale = 1 / np.sqrt(variances / 2 + strength)
    penalty = (strength * scale**2)[:, None]
    scaled = scores * scale.astype(np.float32)
    transposed = np.ascontiguousarray(scaled.T)
    rows = np.arange(count)

    def objective(flat: Float64) -> tuple[float, Float64]:
        variables = flat.reshape(width + 1, classes)
        logits = scaled @ variables[:-1].astype(np.float32) + variables[-1].astype(np.float32)
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        sums = odds.sum(axis=1, keepdims=True)
        loss = (np.log(sums[:, 0]) - logits[rows, labels]).mean(dtype=np.float64)
        loss += (penalty * variables[:-1] ** 2).sum() / 2
        residual = odds / sums
        residual[rows, labels] -= 1
        gradient = np.empty_like(variables)
        gradient[:-1] = transposed @ residual / count + penalty * variables[:-1]
        gradient[-1] = residual.mean(axis=0, dtype=np.float64)
        return float(loss), gradient.ravel()

    found = scipy.optimize.minimize(
        objective,
        np.zeros((width + 1) * classes),
        jac=True,
        method="L-BFGS-B",
        options={
            "ftol": TOLERANCE,
            "gtol": 1e-6,
            "maxiter": MOST_ITERATIONS,
            "maxfun": MOST_ITERATIONS,
        },
    )
    variables = found.x.reshape(width + 1, classes)
    return variables[:-1] * scale[:, None], variables[-1]


@dataclass(frozen=True, eq=False)
class PrincipalScores:
    """Uncorrelated features of mean 0 that stand for those of a layer.

    Attributes
    ----------
    values
        (n, r) float32.
    variances
        (r,) theirs.
    basis
        Scores are the centred features times ``basis`` (p, r); where there are more features than
        images, times ``centered.T @ basis`` with (n, r).
    wide
        Whether that is so.
    """

    values: NDArray[np.float32]
    variances: Float64
    basis: Float64
    wide: bool

    def feature_weights(self, centered: Tensor, weights: Float64) -> Tensor:
        """Weights (p, c) of the centred features (n, p) from those of the scores (r, c)."""
        found = torch.from_numpy((self.basis @ weights).astype(np.float32)).to(centered.device)
        return centered.T @ found if self.wide else found


def principal_scores(centered: Tensor, total: float) -> PrincipalScores:
    """Principal component scores in the standard scale; none of a constant layer.

    Parameters
    ----------
    centered
        (n, p) float32 features of mean 0.
    total
        Sum of their squares before they were centred.
    """
    count, width = centered.shape
    wide = width > count
    products = gram(centered if wide else centered.T.contiguous()).cpu().numpy()
    eigenvalues, vectors = scipy.linalg.eigh(products, driver="evd")
    variances = np.maximum(eigenvalues.astype(np.float64), 0) / count
    rest = max(variances[:-1].sum(), LEAST_REST * variances.sum())
    constant = variances.sum() * count <= CONSTANT * total
    kept = np.zeros(len(variances), bool) if constant else variances > STRENGTH / 10 * rest
    lengths, scale = np.sqrt(variances[kept] * count), np.sqrt(rest)
    if wide:
        values, basis = vectors[:, kept] * (lengths / scale), vectors[:, kept] / (lengths * scale)
    else:
        basis = vectors[:, kept] / scale
        values = centered.cpu().numpy() @ basis
    return PrincipalScores(values.astype(np.float32), variances[kept] / rest, basis, wide)
