import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from related_units import correlated, moments_of, rotation
from scipy.linalg import orthogonal_procrustes, subspace_angles
from sklearn.cross_decomposition import CCA
from sklearn.linear_model import Ridge

from repatlas.similarity.cka import cka
from repatlas.units.alignments import alignment_scores, heldout_scores, unit_cka
from repatlas.units.canonical import (
    canonical_correlations,
    canonical_directions,
    projection_weights,
)
from repatlas.units.linear_map import STRENGTHS, linear_map
from repatlas.units.moments import PARTS
from repatlas.units.results import ALIGNMENTS
from repatlas.units.rotation import procrustes_map
from repatlas.units.variants import LayerVariants

seeds = st.integers(0, 2**32 - 1)
widths = st.integers(2, 9)


def variants(*networks, seed=0):
    return LayerVariants(moments_of(networks, seed), np.random.default_rng(seed))


def scores(x, y, variant="native", seed=0):
    layer = variants(x, y, seed=seed)
    one, other = (layer.pair(variant, 0, 1, part) for part in PARTS)
    return alignment_scores((one, other), layer.pair(variant, 0, 1, "all"))


def pair(x, y, part="all"):
    return variants(x, y).pair("native", 0, 1, part)


def standard(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def column_correlations(x, y):
    return np.array([np.corrcoef(*columns)[0, 1] for columns in zip(x.T, y.T, strict=True)])


@settings(deadline=None, max_examples=25)
@given(seeds, widths, widths)
def test_correlations_of_maps_are_those_of_what_the_maps_make(seed, p, q):
    generator = np.random.default_rng(seed)
    x, y = correlated(generator, 60, p), correlated(generator, 60, q)
    weights = generator.normal(size=(p, q))
    for start, part in enumerate(PARTS):
        rows = slice(start, None, 2)
        made = x[rows] / x.std(axis=0) @ weights
        expected = column_correlations(made, y[rows])
        np.testing.assert_allclose(pair(x, y, part).map_correlations(weights), expected, atol=1e-9)
        matches = generator.integers(-1, p, size=q)
        expected = column_correlations(x[rows][:, matches], y[rows]) * (matches >= 0)
        found = pair(x, y, part).match_correlations(matches)
        np.testing.assert_allclose(found, expected, atol=1e-9)


@settings(deadline=None, max_examples=25)
@given(seeds, widths, widths, st.integers(12, 100))
def test_linear_map_is_ridge_regression_with_the_strength_of_least_error(seed, p, q, rows):
    generator = np.random.default_rng(seed)
    x = standard(correlated(generator, rows, p))
    y = standard(x[:, :1] + generator.normal(size=(rows, q)))
    errors = []
    for strength in STRENGTHS:
        hat = x @ np.linalg.solve(x.T @ x + rows * strength * np.eye(p), x.T) + 1 / rows
        residual = y - hat @ y
        errors.append(np.square(residual).sum() / (rows - np.trace(hat)) ** 2)
    best = STRENGTHS[np.argmin(errors)]
    expected = Ridge(alpha=rows * best, fit_intercept=False).fit(x, y).coef_.T
    np.testing.assert_allclose(linear_map(pair(x, y)), expected, atol=1e-6)


def test_linear_map_leaves_noise_apart_where_units_are_as_many_as_rows():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(80, 40))
    y = x @ generator.normal(size=(40, 10)) + 8 * generator.normal(size=(80, 10))
    fit, heldout = (pair(x, y, part) for part in PARTS)
    least_squares = np.linalg.solve(fit.first.covariance, fit.cross)
    kept = heldout.map_correlations(linear_map(fit)).mean()
    assert kept > heldout.map_correlations(least_squares).mean() + 0.1
    assert fit.map_correlations(least_squares).min() > 0.99


@settings(deadline=None, max_examples=25)
@given(seeds, widths)
def test_procrustes_map_is_the_orthogonal_one_of_scipy(seed, width):
    generator = np.random.default_rng(seed)
    x, y = correlated(generator, 60, width), correlated(generator, 60, width)
    expected, _ = orthogonal_procrustes(standard(x), standard(y))
    np.testing.assert_allclose(procrustes_map(pair(x, y)), expected, atol=1e-6)


@settings(deadline=None, max_examples=25)
@given(seeds, widths, widths)
def test_procrustes_map_of_unequal_widths_is_the_best_semi_orthogonal_one(seed, p, q):
    generator = np.random.default_rng(seed)
    x, y = correlated(generator, 60, p), correlated(generator, 60, q)
    both = pair(x, y)
    found = procrustes_map(both)
    small = found.T @ found if q <= p else found @ found.T
    np.testing.assert_allclose(small, np.eye(min(p, q)), atol=1e-9)
    best = np.vdot(found, both.cross)
    assert best == pytest.approx(np.linalg.norm(both.cross, "nuc"))
    other = rotation(max(p, q), seed)[:p, :q]
    assert np.vdot(other, both.cross) <= best


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(2, 6), st.integers(2, 6))
def test_canonical_correlations_are_those_of_other_algorithms(seed, p, q):
    generator = np.random.default_rng(seed)
    x, y = correlated(generator, 200, p), correlated(generator, 200, q)
    y[:, 0] += x[:, 0] / x[:, 0].std()
    both = pair(x, y)
    found = canonical_correlations(canonical_directions(both), both)
    angles = subspace_angles(x - x.mean(axis=0), y - y.mean(axis=0))
    np.testing.assert_allclose(found, np.sort(np.cos(angles))[::-1], atol=1e-6)


def test_held_out_canonical_correlations_are_those_of_the_variates():
    generator = np.random.default_rng(1)
    x = correlated(generator, 300, 4)
    y = x @ generator.normal(size=(4, 3)) + 5 * generator.normal(size=(300, 3))
    fit, heldout = (pair(x, y, part) for part in PARTS)
    found = canonical_correlations(canonical_directions(fit), heldout)
    model = CCA(n_components=3, scale=False, max_iter=5000, tol=1e-12).fit(x[::2], y[::2])
    variates = model.transform(x[1::2], y[1::2])
    np.testing.assert_allclose(found, column_correlations(*variates), atol=1e-4)


def test_planted_subspace_is_all_that_canonical_analysis_finds():
    generator = np.random.default_rng(2)
    shared = generator.normal(size=(4000, 3))
    x = np.hstack([shared, generator.normal(size=(4000, 5))]) @ rotation(8, 1)
    y = np.hstack([shared @ rotation(3, 2), generator.normal(size=(4000, 3))]) @ rotation(6, 3)
    directions = canonical_directions(pair(x, y, "first"))
    found = canonical_correlations(directions, pair(x, y, "second"))
    np.testing.assert_allclose(found, [1, 1, 1, 0, 0, 0], atol=0.1)


def test_share_of_variance_leaves_small_components_out():
    generator = np.random.default_rng(3)
    # Standardised units, of which two small components are shared and the large ones are not.
    common = generator.normal(size=(2000, 2))
    x, y = (
        np.hstack([10 * generator.normal(size=(2000, 4)), common]) @ rotation(6, seed)
        for seed in (0, 1)
    )
    both = pair(x, y)
    assert canonical_directions(both, 0.9).first.shape == (6, 4)
    reduced = canonical_correlations(canonical_directions(both, 0.9), both)
    assert reduced.max() < 0.2
    assert canonical_correlations(canonical_directions(both), both)[1] > 0.99


def test_projection_weights_are_the_shares_of_the_units_of_the_second_network():
    generator = np.random.default_rng(4)
    x, y = correlated(generator, 100, 5), correlated(generator, 100, 3)
    both = pair(x, y)
    directions = canonical_directions(both)
    variates = standard(y) @ directions.second
    expected = np.abs(variates.T @ standard(y)).sum(axis=1)
    found = projection_weights(directions, both)
    np.testing.assert_allclose(found, expected / expected.sum())
    assert found.sum() == pytest.approx(1)


def test_cka_of_units_is_that_of_standardised_activations():
    generator = np.random.default_rng(5)
    x, y = correlated(generator, 50, 4), correlated(generator, 50, 7)
    assert unit_cka(pair(x, y)) == pytest.approx(cka(standard(x), standard(y), "biased"))


@settings(deadline=None, max_examples=20)
@given(seeds, widths)
def test_network_and_its_copy_in_another_order_and_scale_align_by_every_measure(seed, width):
    generator = np.random.default_rng(seed)
    x = correlated(generator, 80, width)
    y = x[:, generator.permutation(width)] * generator.uniform(0.1, 9, size=width) + 3
    found = scores(x, y)
    assert set(found) == set(ALIGNMENTS)
    for value in found.values():
        assert value == pytest.approx(1, abs=1e-4)


def test_score_is_the_mean_over_both_halves():
    generator = np.random.default_rng(16)
    x, y = correlated(generator, 60, 5), correlated(generator, 60, 5)
    one, other = (pair(x, y, part) for part in PARTS)
    there, back = heldout_scores(one, other), heldout_scores(other, one)
    found = scores(x, y)
    for measure, value in there.items():
        assert value != pytest.approx(back[measure])
        assert found[measure] == pytest.approx((value + back[measure]) / 2)
    assert found["cka"] == pytest.approx(unit_cka(pair(x, y)))


def test_rotated_copy_is_found_by_maps_that_rotate_and_not_by_matches():
    x = np.random.default_rng(6).normal(size=(2000, 16))
    found = scores(x, x @ rotation(16, 7))
    for measure in ("linear", "cca", "svcca", "pwcca"):
        assert found[measure] == pytest.approx(1, abs=1e-4)
    # Units are standardised again after the rotation, which is 1 up to sampling.
    for measure in ("procrustes", "cka"):
        assert found[measure] == pytest.approx(1, abs=0.01)
    for measure in ("permutation", "soft", "semi"):
        assert found[measure] < 0.7


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(4, 9), st.integers(4, 9), st.sampled_from([120, 24, 12]))
def test_basis_of_the_first_network_matters_to_matches_alone(seed, p, q, rows):
    # With 12 rows, 6 for each half, there are directions that correlate perfectly by chance.
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(rows, p))
    y = x[:, :4] @ generator.normal(size=(4, q)) + generator.normal(size=(rows, q))
    native, rotated = scores(x, y, seed=seed), scores(x, y, "rotated", seed=seed)
    for measure in ("linear", "procrustes", "cca", "svcca", "pwcca", "cka"):
        assert rotated[measure] == pytest.approx(native[measure], abs=1e-6)


def test_matches_fall_in_a_random_basis_where_units_are_shared():
    generator = np.random.default_rng(8)
    x = generator.normal(size=(1000, 12))
    y = x[:, generator.permutation(12)] + 0.5 * generator.normal(size=(1000, 12))
    native, rotated = scores(x, y), scores(x, y, "rotated")
    for measure in ("permutation", "soft", "semi"):
        assert native[measure] > 0.85
        assert rotated[measure] < native[measure] - 0.2


def test_moments_of_a_rotated_network_are_those_of_rotated_units():
    x, y = np.random.default_rng(9).normal(size=(2, 100, 5))
    layer = variants(x, y, seed=3)
    turn = variants(x, y, seed=3)._rotations[0]
    rotated = layer.pair("rotated", 0, 1, "second")
    units = x[1::2] / x.std(axis=0) @ turn
    np.testing.assert_allclose(rotated.first.covariance, np.cov(units.T, bias=True), atol=1e-12)
    expected = np.corrcoef(units.T, y[1::2].T)[:5, 5:]
    np.testing.assert_allclose(rotated.correlation, expected, atol=1e-12)
    np.testing.assert_allclose(turn @ turn.T, np.eye(5), atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(3, 8))
def test_wider_families_fit_better_where_they_are_found(seed, width):
    generator = np.random.default_rng(seed)
    # White units, of which every rotation has the same variance.
    x = np.linalg.qr(standard(generator.normal(size=(400, width))))[0]
    x = standard(x - x.mean(axis=0))
    y = x @ generator.normal(size=(width, width)) + generator.normal(size=(400, width))
    both = pair(x, y)
    found = heldout_scores(both, both)
    assert found["linear"] >= found["procrustes"] - 1e-3
    assert found["procrustes"] >= found["permutation"] - 1e-3
    assert found["semi"] >= found["permutation"] - 1e-12
    assert found["soft"] == pytest.approx(found["permutation"], abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(2, 8))
def test_soft_matching_of_equal_widths_is_the_permutation_on_other_images(seed, width):
    x, y = np.random.default_rng(seed).normal(size=(2, 60, width))
    found = scores(x, y)
    assert found["soft"] == pytest.approx(found["permutation"], abs=1e-9)


def test_units_that_a_narrower_network_cannot_match_count_as_zero():
    x = np.random.default_rng(10).normal(size=(200, 8))
    assert scores(x[:, :2], x)["permutation"] == pytest.approx(2 / 8)
    assert scores(x, x[:, :2])["permutation"] == pytest.approx(1)
    assert scores(x, np.hstack([x, x]))["soft"] == pytest.approx(1)


def test_unrelated_networks_align_where_maps_are_found_and_not_on_other_images():
    x, y = np.random.default_rng(11).normal(size=(2, 400, 60))
    fit, heldout = (pair(x, y, part) for part in PARTS)
    inside, outside = heldout_scores(fit, fit), heldout_scores(fit, heldout)
    for measure in set(inside) - {"linear"}:
        assert inside[measure] > 0.1
        assert abs(outside[measure]) < 0.06
    # Ridge regression may choose to predict next to nothing, and gets nothing.
    assert abs(outside["linear"]) < 0.06


def test_null_of_shuffled_images_is_near_zero():
    x = np.random.default_rng(12).normal(size=(4000, 20))
    found = scores(x, x + 0.1 * np.random.default_rng(13).normal(size=x.shape), "shuffled")
    for measure, value in found.items():
        assert abs(value) < (0.02 if measure != "cka" else 0.01 + 20 / 4000)


def test_dead_units_are_left_out_of_both_networks():
    generator = np.random.default_rng(14)
    x, y = correlated(generator, 100, 5), correlated(generator, 100, 4)
    dead = np.full((100, 2), 0.3)
    padded = scores(np.hstack([dead, x]), np.hstack([y, dead]))
    for measure, value in scores(x, y).items():
        assert padded[measure] == pytest.approx(value, abs=1e-9)


def test_unit_that_varies_on_one_half_alone_has_no_correlation_there():
    generator = np.random.default_rng(15)
    x, y = correlated(generator, 100, 4), correlated(generator, 100, 4)
    # What is left there is less than float32 can tell from a constant.
    y[1::2, 0] = 0.3 + 1e-9 * generator.normal(size=50)
    assert (pair(x, y, "second").correlation[:, 0] == 0).all()
    assert pair(x, y, "first").correlation[:, 0].any()
    for value in scores(x, y).values():
        assert np.isfinite(value)
