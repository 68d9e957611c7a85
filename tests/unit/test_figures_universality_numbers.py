"""Numbers that the figures on followed networks tell, against known answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from repatlas.figures.universality.agreement import (
    correlation,
    determination,
    number,
    rank_correlation,
)
from repatlas.figures.universality.context_geometry import (
    components,
    kept_share,
    orthogonality,
)
from repatlas.figures.universality.distance_maps import cell_text


def test_correlation_and_determination_tell_an_offset_apart():
    x = np.array([1.0, 2, 3, np.nan])
    assert correlation(x, x + 1) == pytest.approx(1)
    assert determination(x, x) == pytest.approx(1)
    assert determination(x, x + 1) == pytest.approx(1 - 3 / 2)
    assert np.isnan(correlation([1, 2], [1, 2]))
    assert np.isnan(determination([1, 2, 3], [1, 1, 1]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=4, max_size=12))
def test_rank_correlation_is_that_of_scipy(pairs):
    x, y = np.array(pairs, dtype=float).T
    if np.ptp(x) and np.ptp(y):
        assert rank_correlation(x, y) == pytest.approx(spearmanr(x, y).statistic)


def test_numbers_never_round_to_a_perfect_one():
    assert number(0.9999) == "0.999"
    assert number(0.995) == "0.995"
    assert number(1.0) == "1.00"
    assert number(np.nan) == "?"
    assert [cell_text(value) for value in (0, 0.25, 2.5, 25.4)] == ["0", ".25", "2.50", "25"]
    assert [cell_text(value, 1) for value in (0.25, 2.5, 9.96)] == [".25", "2.5", "10"]


def task(share, angle, width=6):
    """Useful features along directions at an angle, useless ones with a share of their size."""
    axis = np.linspace(-1, 1, 5)
    first, second = (np.tile(part.ravel(), 2) for part in np.meshgrid(axis, axis, indexing="ij"))
    context = np.repeat([0, 1], 25)
    basis = np.eye(width)
    turned = np.cos(angle) * basis[0] + np.sin(angle) * basis[1]
    useful = np.where(context == 0, first, second)
    useless = np.where(context == 0, second, first)
    where = np.where((context == 0)[:, None], basis[0], turned)
    hidden = useful[:, None] * where + np.sqrt(share) * useless[:, None] * basis[2] + 3
    return hidden, context, first, second


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 2), st.floats(0, np.pi / 2))
def test_kept_share_and_angle_are_those_planted(share, angle):
    planted = task(share, angle)
    assert kept_share(*planted) == pytest.approx(share / (1 + share), abs=1e-9)
    assert orthogonality(*planted) == pytest.approx(np.cos(angle), abs=1e-9)


def test_both_are_the_same_after_a_rotation():
    hidden, *features = task(0.3, 0.7)
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((6, 6)))[0]
    assert kept_share(hidden @ turn, *features) == pytest.approx(kept_share(hidden, *features))
    assert orthogonality(hidden @ turn, *features) == pytest.approx(np.cos(0.7))
    assert np.isnan(kept_share(np.ones((50, 3)), *features))


def test_components_keep_distances_that_three_dimensions_hold():
    hidden, *_ = task(0.3, 0.7)
    points, shares = components(hidden)
    distances = np.linalg.norm(hidden[:, None] - hidden[None], axis=-1)
    np.testing.assert_allclose(
        np.linalg.norm(points[:, None] - points[None], axis=-1), distances, atol=1e-9
    )
    assert shares[:3].sum() == pytest.approx(1)
