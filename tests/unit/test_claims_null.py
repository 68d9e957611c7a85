import numpy as np
import pytest

from repatlas.claims.null import exchange_test, spread_test


def random_set(generator, count=60, size=6):
    return generator.choice(count, size, replace=False)


def test_p_values_are_uniform_under_the_null():
    generator = np.random.default_rng(2)
    p_values = []
    for _ in range(200):
        features = generator.uniform(size=(60, 3))
        test = spread_test(features, [random_set(generator)], 59, generator)
        p_values.append(test.p)
    # Bounds of about four standard errors.
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.08)
    assert np.mean(np.array(p_values) <= 0.05) <= 0.12
    assert np.mean(np.array(p_values) >= 0.5) == pytest.approx(0.5, abs=0.14)


def test_ratio_is_one_on_average_under_the_null():
    generator = np.random.default_rng(3)
    features = generator.uniform(size=(60, 3))
    ratios = [
        spread_test(features, [random_set(generator)], 50, generator).ratios[0] for _ in range(80)
    ]
    assert np.mean(ratios) == pytest.approx(1, abs=0.1)


def test_tight_set_has_the_least_p_value_there_is():
    features = np.random.default_rng(0).uniform(size=(60, 3))
    features[:6] = 0.5
    test = spread_test(features, [np.arange(6)], 99, np.random.default_rng(0))
    assert test.ratios[0] == pytest.approx(0)
    assert test.p_values[0] == test.p == pytest.approx(1 / 100)


def test_spread_set_is_no_evidence():
    features = np.random.default_rng(0).uniform(0.4, 0.6, size=(60, 3))
    features[:4] = [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]]
    test = spread_test(features, [np.arange(4)], 99, np.random.default_rng(0))
    assert test.ratios[0] > 2
    assert test.p == 1


def test_one_dimension_is_enough():
    features = np.arange(10.0)[:, None]
    test = spread_test(features, [np.array([0, 1])], 500, np.random.default_rng(0))
    # Two of 0..9 are 11/3 apart on average; 9 of the 45 pairs are as close as 1.
    assert test.ratios[0] == pytest.approx(3 / 11, rel=0.1)
    assert test.p == pytest.approx(9 / 45, abs=0.05)


def test_groups_take_away_what_they_explain():
    # Each group has one colour, up to noise; the chosen images are of one group, at random in it.
    generator = np.random.default_rng(4)
    groups = np.repeat([0, 1, 2], 20)
    features = groups[:, None] + 0.01 * generator.normal(size=(60, 3))
    sets = [generator.choice(20, 8, replace=False) for _ in range(20)]
    freely = [spread_test(features, [rows], 99, generator) for rows in sets]
    within = [spread_test(features, [rows], 99, generator, groups) for rows in sets]
    assert max(test.p for test in freely) < 0.03
    assert np.mean([test.p for test in within]) == pytest.approx(0.5, abs=0.25)
    assert np.mean([test.ratios[0] for test in within]) == pytest.approx(1, abs=0.1)


def test_a_set_shared_by_two_seeds_counts_once():
    generator = np.random.default_rng(5)
    features = generator.uniform(size=(60, 3))
    chosen = random_set(generator)
    once = spread_test(features, [chosen], 199, np.random.default_rng(0))
    twice = spread_test(features, [chosen] * 5, 199, np.random.default_rng(0))
    assert twice.p == once.p


def test_agreeing_sets_of_different_images_strengthen_each_other():
    generator = np.random.default_rng(6)
    features = generator.uniform(size=(60, 3))
    sets = [np.arange(start, start + 5) for start in (0, 5, 10)]
    for rows in sets:
        features[rows] = 0.7 * features[rows] + 0.3 * features[rows[0]]
    test = spread_test(features, sets, 999, generator)
    assert test.p < np.median(test.p_values)


def test_images_that_do_not_differ_have_no_ratio():
    test = spread_test(np.ones((20, 3)), [np.arange(4)], 20, np.random.default_rng(0))
    assert np.isnan(test.ratios[0])
    assert np.isnan(test.p)
    assert np.isnan(test.p_values[0])


def distances(values):
    return abs(np.subtract.outer(values, values))


def test_groups_that_lie_apart_have_the_least_p_value_there_is():
    test = exchange_test(distances([0, 0.1, 0.2, 5, 5.1, 5.2, 5.3]), 3, 100, None)
    assert test == pytest.approx(1 / 35)


def test_drawn_exchanges_never_give_zero():
    values = np.concatenate([np.linspace(0, 1, 12), np.linspace(5, 6, 12)])
    test = exchange_test(distances(values), 12, 99, np.random.default_rng(0))
    assert test == pytest.approx(1 / 100)


def test_exchange_p_values_are_uniform_under_the_null():
    generator = np.random.default_rng(7)
    found = [
        exchange_test(distances(generator.normal(size=7)), 3, 50, generator) for _ in range(300)
    ]
    # A fifth is at or below a fifth, within about three standard errors.
    assert np.mean(np.array(found) <= 0.2) == pytest.approx(0.2, abs=0.07)


def test_one_network_in_each_group_says_nothing():
    assert np.isnan(exchange_test(distances([0.0, 1.0]), 1, 50, None))
