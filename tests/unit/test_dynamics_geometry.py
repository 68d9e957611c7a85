import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_courses import run_script

from repatlas.dynamics.findings import INPUTS, THEORY, Geometry
from repatlas.dynamics.geometry import agreement, compare_geometry
from repatlas.dynamics.results import PairDistances
from repatlas.errors import InputError
from repatlas.setting_records import read_setting_record, write_setting_record

POINTS = np.random.default_rng(0).standard_normal((12, 3))
TARGETS = np.arange(12.0)[:, None] % 3


def between(points):
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def random_table(seed, count=12):
    return between(np.random.default_rng(seed).standard_normal((count, 5)))


STRUCTURE = np.sqrt(between(POINTS) * between(TARGETS))


def network(*tables, names=("rich", "lazy"), points=POINTS, targets=TARGETS):
    """Distances of two replicas in each setting."""
    final = np.stack([np.stack([table, table]) for table in tables])
    inputs, outputs = between(points), between(targets)
    return PairDistances(
        {"replicas": 2}, setting=np.array(names[: len(tables)]), points=points,
        input_distance=inputs, target_distance=outputs, start_distance=final,
        final_distance=final, start_output=final, loss=np.zeros(final.shape[:2]),
        seed=np.arange(2),
    )  # fmt: skip


def orders(count=12, many=2000):
    source = np.random.default_rng(1)
    return np.stack([source.permutation(count) for _ in range(many)])


def rows(found):
    names = zip(found.first.tolist(), found.second.tolist(), found.regime.tolist(), strict=True)
    return list(names)


def row(found, *names):
    return rows(found).index(names)


def test_settings_of_all_networks_are_compared_two_by_two_and_with_what_they_may_follow():
    tables = [random_table(seed) for seed in range(4)]
    found = compare_geometry({"tanh": network(*tables[:2]), "relu": network(*tables[2:])})
    assert rows(found) == [
        (first, second, regime)
        for regime in ("rich", "lazy")
        for first, second in (
            ("tanh", "relu"), ("tanh", INPUTS), ("tanh", THEORY), ("relu", INPUTS), ("relu", THEORY)
        )
    ]  # fmt: skip
    expected = np.corrcoef(*(table[np.triu_indices(12, 1)] for table in tables[::2]))[0, 1]
    assert found.correlation[0] == pytest.approx(expected)


def test_a_setting_that_one_network_has_is_not_compared_with_others():
    one = network(random_table(0), random_table(1))
    found = compare_geometry({"deep": one, "shallow": network(random_table(2))})
    assert row(found, "deep", "shallow", "rich") == 0
    assert ("deep", "shallow", "lazy") not in rows(found)
    assert ("deep", THEORY, "lazy") in rows(found)


def test_a_rich_network_follows_theory_and_a_lazy_one_its_inputs():
    found = compare_geometry({"tanh": network(0.3 * STRUCTURE, 4 * between(POINTS))})
    rich, lazy = row(found, "tanh", THEORY, "rich"), row(found, "tanh", INPUTS, "lazy")
    np.testing.assert_allclose(found.correlation[[rich, lazy]], 1)
    np.testing.assert_allclose(found.scale[[rich, lazy]], [0.3, 4])
    assert (found.p[[rich, lazy]] < 0.01).all()
    assert found.correlation[row(found, "tanh", INPUTS, "rich")] < 0.9


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-3, 1e3), st.integers(0, 100))
def test_one_factor_changes_the_scale_alone(factor, seed):
    one, other, few = random_table(seed), random_table(seed + 1), orders(many=10)
    plain, scaled = agreement(one, other, few), agreement(factor * one, other, few)
    assert scaled.correlation == pytest.approx(plain.correlation)
    assert scaled.scale == pytest.approx(factor * plain.scale)
    assert scaled.p == plain.p


def test_points_that_do_not_correspond_do_not_agree():
    found = [agreement(random_table(seed), random_table(seed + 50), orders()) for seed in range(40)]
    correlation, null_mean, null_sd, p = (
        np.array([getattr(one, name) for one in found])
        for name in ("correlation", "null_mean", "null_sd", "p")
    )
    assert abs(correlation.mean()) < 0.06
    assert np.abs(null_mean).max() < 0.02
    # As wide as what independent tables have, and as often as it says.
    assert np.mean(null_sd) == pytest.approx(correlation.std(), rel=0.3)
    assert 0.35 < p.mean() < 0.65


def test_the_null_permutes_whole_points():
    first, second = random_table(3, count=5), random_table(4, count=5)
    order = np.array([4, 2, 0, 1, 3])
    found = agreement(first, second, order[None])
    moved = agreement(first, second[order][:, order], order[None])
    assert found.null_mean == pytest.approx(moved.correlation)


def test_all_orders_of_few_points_are_tried():
    corners = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    targets = np.array([[0.0], [1], [1], [0]])
    structure = np.sqrt(between(corners) * between(targets))
    one = network(structure, points=corners, targets=targets)
    found = compare_geometry({"tanh": one})
    # A third of all orders leave the two pairs with one target as they are.
    assert found.p[row(found, "tanh", THEORY, "rich")] == pytest.approx(1 / 3)


def test_the_seed_is_that_of_the_permutations():
    networks = {"tanh": network(random_table(0)), "relu": network(random_table(1))}
    one, same, other = (compare_geometry(networks, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.null_mean, same.null_mean)
    assert (one.null_mean != other.null_mean).all()
    np.testing.assert_array_equal(one.correlation, other.correlation)


def test_a_network_is_the_mean_of_its_replicas_that_did_not_diverge():
    one = network(random_table(0))
    one.final_distance[0, 1] *= 3
    other = network(2 * random_table(0))
    assert compare_geometry({"tanh": one, "relu": other}).scale[0] == pytest.approx(1)
    one.final_distance[0, 1] = np.nan
    assert compare_geometry({"tanh": one, "relu": other}).scale[0] == pytest.approx(0.5)
    one.final_distance[0, 0, 0, 1] = np.nan
    gone = compare_geometry({"tanh": one, "relu": other})
    assert np.isnan([gone.correlation[0], gone.scale[0], gone.p[0], gone.null_mean[0]]).all()
    assert np.isfinite(gone.correlation[row(gone, "relu", THEORY, "rich")])


def test_points_that_all_merged_have_no_geometry():
    found = compare_geometry({"tanh": network(np.zeros((12, 12))), "relu": network(STRUCTURE)})
    assert np.isnan(found.correlation[0])
    assert np.isnan(found.p[0])


def test_networks_that_saw_other_points_are_refused():
    networks = {"tanh": network(STRUCTURE), "relu": network(STRUCTURE, points=POINTS + TARGETS)}
    with pytest.raises(InputError, match="tanh and relu were shown different points"):
        compare_geometry(networks)


def test_the_script_calls_networks_as_their_files(tmp_path):
    networks = {"tanh": network(random_table(0)), "relu": network(random_table(1))}
    for name, record in networks.items():
        write_setting_record(record, tmp_path / f"{name}.h5")
    paths = [tmp_path / "tanh.h5", tmp_path / "relu.h5"]
    done = run_script("compare_geometry.py", distances=paths, output=tmp_path / "geometry.h5")
    assert done.returncode == 0, done.stderr
    found = read_setting_record(Geometry, tmp_path / "geometry.h5")
    expected = compare_geometry(networks)
    assert rows(found) == rows(expected)
    np.testing.assert_array_equal(found.p, expected.p)
    twice = run_script("compare_geometry.py", distances=paths[:1] * 2, output=tmp_path / "g.h5")
    assert twice.returncode == 1
    assert "two files have the same name" in twice.stderr
