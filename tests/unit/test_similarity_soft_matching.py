import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from repatlas.similarity.soft_matching import channel_means, soft_matching, transport_plan

seeds = st.integers(0, 2**32 - 1)


def correlations(x, y):
    return np.corrcoef(x.T, y.T)[: x.shape[1], x.shape[1] :]


@settings(deadline=None)
@given(seeds, st.integers(1, 12), st.integers(8, 30))
def test_is_the_best_permutation_where_widths_are_equal(seed, width, count):
    x, y = np.random.default_rng(seed).normal(size=(2, count, width))
    table = correlations(x, y)
    best = table[linear_sum_assignment(-table)].mean()
    assert soft_matching([x, y])[0, 1] == pytest.approx(best, abs=1e-9)


@settings(deadline=None)
@given(seeds, st.integers(1, 6), st.integers(1, 6))
def test_is_the_best_matching_of_copies_where_widths_differ(seed, p, q):
    # With weights 1/p and 1/q, each unit may be cut in q or in p equal parts and those matched.
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(20, p)), generator.normal(size=(20, q))
    table = np.repeat(np.repeat(correlations(x, y), q, axis=0), p, axis=1)
    best = table[linear_sum_assignment(-table)].mean()
    found = soft_matching([x, y])
    assert found[0, 1] == found[1, 0] == pytest.approx(best, abs=1e-9)


@settings(deadline=None)
@given(seeds, st.integers(1, 9), st.integers(1, 9))
def test_plan_moves_all_weight(seed, p, q):
    plan = transport_plan(np.random.default_rng(seed).normal(size=(p, q)))
    np.testing.assert_allclose(plan.sum(axis=1), np.full(p, 1 / p), atol=1e-12)
    np.testing.assert_allclose(plan.sum(axis=0), np.full(q, 1 / q), atol=1e-12)
    assert plan.min() >= 0


def test_order_scale_and_offset_of_units_change_nothing_and_a_rotation_does():
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(2, 100, 8))
    moved = 3 * x[:, generator.permutation(8)] * generator.uniform(0.1, 9, size=8) + 5
    rotated = x @ np.linalg.qr(generator.normal(size=(8, 8)))[0]
    found = soft_matching([x, moved, rotated, y])
    assert found[0, 1] == pytest.approx(1)
    assert found[1, 3] == pytest.approx(found[0, 3])
    assert found[0, 2] < 0.8
    np.testing.assert_allclose(np.diagonal(found), 1, atol=1e-9)


def test_a_unit_turned_upside_down_is_another():
    x = np.random.default_rng(1).normal(size=(50, 1))
    assert soft_matching([x, -x])[0, 1] == pytest.approx(-1)


def test_every_unit_twice_is_the_same_layer():
    x = np.random.default_rng(2).normal(size=(50, 5))
    assert soft_matching([x, np.hstack([x, x])])[0, 1] == pytest.approx(1)


def test_constant_units_are_left_out_and_a_layer_of_them_has_no_value():
    x, y = np.random.default_rng(3).normal(size=(2, 50, 5))
    half = np.hstack([x, np.full((50, 3), 0.1)])
    found = soft_matching([x, half, y, np.full((50, 2), 0.1)])
    assert found[0, 1] == pytest.approx(1)
    assert found[1, 2] == pytest.approx(found[0, 2])
    assert np.isnan(found[3]).all()
    assert np.isnan(found[:, 3]).all()


def test_independent_units_match_less_the_more_examples_there_are():
    generator = np.random.default_rng(4)
    few, many = (
        soft_matching(list(generator.normal(size=(2, count, 10))))[0, 1] for count in (20, 5000)
    )
    assert few > 0.2
    assert 0 < many < 0.05


def test_channels_are_averaged_over_their_positions():
    maps = np.random.default_rng(5).normal(size=(7, 3, 2, 4))
    raw = maps.reshape(7, -1).astype(np.float16)
    np.testing.assert_allclose(channel_means(raw, (3, 2, 4)), maps.mean(axis=(2, 3)), atol=2e-3)
    np.testing.assert_array_equal(channel_means(raw, (24,)), raw)


def test_neither_the_module_nor_its_use_loads_torch():
    code = (
        "import sys, numpy as np\n"
        "from repatlas.similarity import measure_layers, soft_matching, translate_layer\n"
        "assert 'ot' not in sys.modules\n"
        "assert soft_matching.soft_matching([np.eye(6), np.eye(6)[:, :4]])[0, 1] > 0.5\n"
        "assert 'ot' in sys.modules\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
