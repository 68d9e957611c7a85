import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from repatlas.experiments.logistic import STRENGTH, fit_classifier, fit_logistic

RANDOM = np.random.default_rng(0)


def planted(count=120, width=40, classes=3, signal=3.0, seed=0):
    """Noise with one mean a class."""
    random = np.random.default_rng(seed)
    means = signal * random.standard_normal((classes, width)) / np.sqrt(width) * 3
    labels = np.arange(count) % classes
    return (means[labels] + random.standard_normal((count, width))).astype(np.float32), labels


def logits(features, labels, classes=3):
    found = fit_classifier(torch.from_numpy(features), labels, classes)
    return ((torch.from_numpy(features) - found.mean) @ found.weights + found.intercepts).numpy()


def probabilities(scores):
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("width", [10, 300])
def test_fit_is_the_optimum_of_penalised_likelihood(width):
    features, labels = planted(width=width, signal=0.5)
    centered = features.astype(np.float64) - features.mean(axis=0)
    variances = np.linalg.svd(centered, compute_uv=False) ** 2 / len(features)
    scale = np.sqrt(variances[1:].sum())
    reference = LogisticRegression(C=1 / (STRENGTH * len(labels)), max_iter=20_000, tol=1e-8)
    reference.fit(centered / scale, labels)
    np.testing.assert_allclose(
        probabilities(logits(features, labels)),
        reference.predict_proba(centered / scale),
        atol=5e-3,
    )


def test_gradient_vanishes_at_the_fit():
    scores = RANDOM.standard_normal((60, 5)).astype(np.float32)
    scores -= scores.mean(axis=0)
    labels = RANDOM.integers(0, 3, 60)
    weights, intercepts = fit_logistic(scores, scores.var(axis=0).astype(float), labels, 3, 0.01)
    residual = probabilities(scores @ weights + intercepts) - np.eye(3)[labels]
    np.testing.assert_allclose(scores.T @ residual / 60 + 0.01 * weights, 0, atol=1e-3)
    np.testing.assert_allclose(residual.mean(axis=0), 0, atol=1e-3)


@pytest.mark.parametrize("width", [20, 200])
def test_planted_classes_are_told_apart_and_shuffled_ones_are_not(width):
    features, labels = planted(240, width)
    train, test = slice(None, 160), slice(160, None)
    x, y = torch.from_numpy(features), torch.from_numpy(labels)
    found = fit_classifier(x[train], labels[train], 3)
    assert found.right(x[train], y[train]) == 160
    assert found.right(x[test], y[test]) >= 76

    # 80 images of 3 classes: the standard deviation of chance is 0.053
    right = []
    for seed in range(4):
        shuffled = np.random.default_rng(seed).permutation(labels)
        found = fit_classifier(x[train], shuffled[train], 3)
        right.append(found.right(x[test], torch.from_numpy(shuffled[test])) / 80)
    assert np.mean(right) == pytest.approx(1 / 3, abs=0.1)


@pytest.mark.parametrize("width", [30, 200])
def test_scale_shift_and_rotation_of_the_features_change_nothing(width):
    features, labels = planted(width=width, signal=0.5)
    rotation = np.linalg.qr(RANDOM.standard_normal((width, width)))[0].astype(np.float32)
    expected = probabilities(logits(features, labels))
    for changed in (features * 1e3, features + 50, features @ rotation):
        np.testing.assert_allclose(
            probabilities(logits(changed, labels)), expected, atol=5e-3, rtol=0
        )


def test_growth_of_the_first_component_does_not_hide_the_rest():
    features, labels = planted(width=60, signal=0.6)
    alone = probabilities(logits(features, labels))
    random = np.random.default_rng(3)
    first = random.standard_normal((len(features), 1)).astype(np.float32)
    for size in (30, 1000):
        grown = np.concatenate([features, size * first], axis=1)
        # The component tells nothing of the classes, so that all is as without it.
        assert np.abs(probabilities(logits(grown, labels)) - alone).mean() < 0.02


def test_a_constant_layer_gives_the_most_frequent_class():
    labels = np.array([0, 1, 1, 2, 1])
    for width in (3, 8):
        x = torch.full((5, width), 7.3)
        found = fit_classifier(x, labels, 3)
        assert found.right(x, torch.from_numpy(labels)) == 3
        assert not found.weights.any()


def test_a_class_without_images_is_not_chosen():
    features, labels = planted(classes=2)
    x = torch.from_numpy(features)
    found = fit_classifier(x, labels, 3)
    assert found.right(x, torch.full((len(x),), 2)) == 0
    assert found.right(x, torch.from_numpy(labels)) == len(x)
