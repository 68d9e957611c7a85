import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from related_units import moments_of, write_gathered
from scipy.cluster.hierarchy import is_valid_linkage, leaves_list

from repatlas.errors import InputError
from repatlas.group_records import read_group_record
from repatlas.units.cluster_units import cluster_units, find_clusters
from repatlas.units.clusters import cluster_pair, combined
from repatlas.units.gathered import GatheredUnits
from repatlas.units.live_units import live_units
from repatlas.units.results import Clusters
from repatlas.units.spectral import spectral_embedding, spectral_tree

SCRIPT = Path(__file__).parents[2] / "scripts" / "cluster_units.py"
seeds = st.integers(0, 2**32 - 1)


def planted(seed, rows=4000, groups=5, noise=0.1, turned=True):
    """Two networks of ``groups`` planes, each with two units in it: the same ones, or rotated."""
    generator = np.random.default_rng(seed)
    base, common = generator.normal(size=(rows, groups, 2)), generator.normal(size=(rows, groups))
    planes = base + common[:, :, None]
    first = planes.reshape(rows, -1)
    turn = np.array([[1, 0.5], [0.4, 1]]) if turned else np.eye(2)
    second = (planes @ turn).reshape(rows, -1)
    return [network + noise * generator.normal(size=network.shape) for network in (first, second)]


def clusters_of(networks, **options):
    moments = moments_of(networks)
    first, second = (live_units(moments, network) for network in (0, 1))
    return cluster_pair(moments, first, second, **options)


def groups_of(clusters):
    """Sets of the units that are together."""
    return {frozenset(np.flatnonzero(clusters == cluster).tolist()) for cluster in set(clusters)}


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_planted_subspaces_are_found_whatever_the_order_of_units(seed):
    generator = np.random.default_rng(seed)
    orders = generator.permutation(10), generator.permutation(10)
    networks = [network[:, order] for network, order in zip(planted(seed), orders, strict=True)]
    found = clusters_of(networks)
    group = np.concatenate(orders) // 2
    assert groups_of(found.tree.clusters) == groups_of(group)
    assert found.counts.tolist() == [[2, 2]] * 5
    assert found.mixed == 1
    assert found.overlap > 0.95


def test_a_rotation_inside_of_a_subspace_leaves_the_overlap_and_lowers_correlations():
    same, turned = (planted(0, noise=0, turned=turned) for turned in (False, True))
    for networks in (same, turned):
        found = clusters_of(networks)
        assert found.counts.tolist() == [[2, 2]] * 5
        np.testing.assert_allclose(found.overlaps, 1)
    best = [
        moments_of(networks).correlation(0, 1).max(axis=1).mean() for networks in (same, turned)
    ]
    assert best[0] == pytest.approx(1)
    assert best[1] < 0.97


def test_overlap_is_the_mean_canonical_correlation_over_the_odd_rows():
    networks = planted(1, rows=400, noise=1.0)
    found = clusters_of(networks)
    cluster = int(np.flatnonzero(found.counts.min(axis=1) >= 2)[0])
    members = np.flatnonzero(found.tree.clusters == cluster)
    sides = [
        networks[0][1::2][:, members[members < 10]],
        networks[1][1::2][:, members[members >= 10] - 10],
    ]
    bases = [np.linalg.qr(side - side.mean(axis=0))[0] for side in sides]
    cosines = np.linalg.svd(bases[0].T @ bases[1], compute_uv=False)
    assert found.overlaps[cluster] == pytest.approx(cosines.mean())


def test_scale_and_offset_of_units_change_nothing():
    networks = planted(2, rows=500, noise=0.5)
    moved = [
        network * np.random.default_rng(0).uniform(0.01, 100, size=10) + 3 for network in networks
    ]
    one, other = clusters_of(networks), clusters_of(moved)
    np.testing.assert_array_equal(one.tree.clusters, other.tree.clusters)
    np.testing.assert_allclose(one.overlaps, other.overlaps)


def test_networks_that_saw_other_images_share_no_cluster():
    found = clusters_of(planted(3), shuffled=True)
    assert found.mixed == 0
    assert np.isnan(found.overlap)
    assert found.counts.sum() == 20


def test_clusters_of_a_null_that_mix_by_chance_hardly_overlap():
    # So few rows that chance correlations of single units pass the threshold.
    generator = np.random.default_rng(4)
    null = clusters_of(list(generator.normal(size=(2, 160, 30))), shuffled=True)
    assert null.mixed > 0
    assert null.overlap < 0.3


def test_units_are_joined_by_correlations_from_the_threshold_on():
    networks = planted(12, rows=60, noise=1.0)
    affinity = np.corrcoef(np.hstack(networks)[0::2].T)
    affinity[(affinity < 0.3) | np.eye(20, dtype=bool)] = 0
    tree = clusters_of(networks, threshold=0.3).tree
    expected = spectral_tree(affinity)
    np.testing.assert_array_equal(tree.clusters, expected.clusters)
    np.testing.assert_allclose(tree.linkage[:, 2], expected.linkage[:, 2], atol=1e-9)


def test_weak_and_negative_correlations_join_no_units():
    generator = np.random.default_rng(5)
    x = generator.normal(size=(4000, 1))
    weak = 0.1 * x + generator.normal(size=(4000, 1))
    found = clusters_of([np.hstack([x, -x]), weak])
    assert groups_of(found.tree.clusters) == {frozenset([unit]) for unit in range(3)}
    assert clusters_of([x, weak], threshold=0.01).counts.tolist() == [[1, 1]]


def test_the_threshold_is_that_of_the_even_images():
    generator = np.random.default_rng(6)
    x, y = generator.normal(size=(2, 1000, 1))
    y[0::2] = x[0::2]
    found = clusters_of([x, y])
    assert found.counts.tolist() == [[1, 1]]
    assert found.overlap < 0.2


def test_units_that_do_not_vary_are_left_out():
    networks = planted(7)
    networks[0][:, 0] = 0.5
    networks[1][0::2, 9] = 2
    found = clusters_of(networks)
    assert found.counts.sum(axis=0).tolist() == [9, 9]
    assert np.isfinite(found.overlaps).all()


def test_a_unit_that_is_constant_on_the_odd_images_spans_nothing_there():
    networks = planted(8, groups=1)
    networks[1][1::2] = 0.5
    found = clusters_of(networks)
    assert found.counts.tolist() == [[2, 2]]
    assert np.isnan(found.overlaps).all()


def test_the_combined_matrix_is_that_of_all_units_side_by_side():
    networks = planted(9, rows=100)
    moments = moments_of(networks)
    first, second = (live_units(moments, network) for network in (0, 1))
    expected = np.corrcoef(np.hstack(networks)[0::2].T)
    np.testing.assert_allclose(combined(moments, first, second, "first"), expected, atol=1e-12)


def blocks(sizes, alone=0):
    """Affinity of separate groups of units, and units without neighbours."""
    affinity = np.zeros((sum(sizes) + alone,) * 2)
    start = 0
    for size in sizes:
        affinity[start : start + size, start : start + size] = 0.5
        start += size
    np.fill_diagonal(affinity, 0)
    return affinity


@settings(deadline=None, max_examples=40)
@given(seeds, st.lists(st.integers(2, 4), max_size=5), st.integers(0, 4))
def test_separate_parts_are_clusters_and_so_is_every_unit_without_neighbours(seed, sizes, alone):
    affinity = blocks(sizes, alone)
    order = np.random.default_rng(seed).permutation(len(affinity))
    tree = spectral_tree(affinity[np.ix_(order, order)])
    group = np.concatenate([np.repeat(np.arange(len(sizes)), sizes), len(sizes) + np.arange(alone)])
    assert groups_of(tree.clusters) == groups_of(group[order].astype(int))
    check_tree(tree)


def test_units_without_neighbours_join_as_rows_at_right_angles():
    tree = spectral_tree(blocks([2], alone=3))
    np.testing.assert_allclose(tree.linkage[:, 2], [0, *[np.sqrt(2)] * 3], atol=1e-9)
    np.testing.assert_allclose(spectral_tree(np.zeros((3, 3))).linkage[:, 2], np.sqrt(2))


def check_tree(tree):
    """The linkage is one of scipy's, and places and numbers follow its leaves."""
    size = len(tree.clusters)
    assert tree.linkage.shape == (max(size - 1, 0), 4)
    if size > 1:
        assert is_valid_linkage(tree.linkage)
        np.testing.assert_array_equal(np.argsort(tree.places), leaves_list(tree.linkage))
        assert (np.diff(tree.linkage[:, 2]) >= 0).all()
        assert tree.linkage[-1, 3] == size
    along = tree.clusters[np.argsort(tree.places)]
    assert (np.diff(along) >= 0).all()
    assert sorted(set(along)) == list(range(along.max(initial=-1) + 1))


@settings(deadline=None, max_examples=30)
@example(27, 27, 0.32)
@given(seeds, st.integers(2, 40), st.floats(0.02, 1))
def test_any_graph_has_a_tree_with_a_quarter_as_many_clusters_as_joined_units(seed, size, share):
    generator = np.random.default_rng(seed)
    affinity = np.triu(generator.uniform(0.2, 1, size=(size, size)), k=1)
    affinity[generator.uniform(size=(size, size)) > share] = 0
    tree = spectral_tree(affinity + affinity.T)
    check_tree(tree)
    joined = (affinity + affinity.T).any(axis=1).sum()
    assert len(set(tree.clusters)) >= max(joined // 4 - 1, 1)


def test_the_embedding_is_that_of_the_normalised_laplacian():
    affinity = np.abs(np.corrcoef(np.random.default_rng(10).normal(size=(8, 20))))
    np.fill_diagonal(affinity, 0)
    scale = np.diag(affinity.sum(axis=1) ** -0.5)
    _, vectors = np.linalg.eigh(np.eye(8) - scale @ affinity @ scale)
    expected = vectors[:, :3] / np.linalg.norm(vectors[:, :3], axis=1, keepdims=True)
    rows = spectral_embedding(affinity, 3)
    np.testing.assert_allclose(rows @ rows.T, expected @ expected.T, atol=1e-9)


@pytest.fixture(scope="module")
def networks():
    """Three networks with planes in common; in the third a unit is dead and one is missing."""
    first, second = planted(11, rows=1000)
    third = first @ np.kron(np.eye(5), [[1, 0.3], [0.2, 1]])
    return [first, second, np.hstack([np.full((1000, 1), 0.5), third[:, :9]])]


@pytest.fixture(scope="module")
def path(networks, tmp_path_factory):
    unrelated = list(np.random.default_rng(1).normal(size=(3, 2000, 8)))
    file = tmp_path_factory.mktemp("units") / "units.h5"
    return write_gathered(file, {"conv1": networks, "fc1": unrelated})


@pytest.fixture(scope="module")
def record(path):
    with GatheredUnits(path) as gathered:
        return find_clusters(gathered)


def rows(record, layer, first, second, table=""):
    return (
        (getattr(record, f"{table}layer") == layer)
        & (getattr(record, f"{table}first") == first)
        & (getattr(record, f"{table}second") == second)
    )


def test_record_has_the_clusters_of_every_pair(record, networks):
    for first, second in ((0, 1), (0, 2), (1, 2)):
        chosen = rows(record, "conv1", first, second)
        found = clusters_of([networks[first], networks[second]])
        np.testing.assert_array_equal(
            np.stack([record.first_units, record.second_units])[:, chosen].T, found.counts
        )
        np.testing.assert_array_equal(record.cluster[chosen], np.arange(chosen.sum()))
        np.testing.assert_allclose(record.overlap[chosen], found.overlaps)
        assert (record.null_mixed[chosen] == 0).all()
    assert (record.purity[rows(record, "conv1", 0, 1)] == 0).all()
    third = record.purity[rows(record, "conv1", 0, 2)]
    np.testing.assert_allclose(np.sort(third), [0, 0, 0, 0, 1 / 3])
    assert (record.purity[rows(record, "fc1", 0, 1)] == 1).all()
    assert np.isnan(record.overlap[rows(record, "fc1", 0, 1)]).all()


def test_every_live_unit_is_in_one_cluster_and_has_one_place(record):
    ten, nine, eight = [*range(10)], [*range(1, 10)], [*range(8)]
    for layer, live in (("conv1", (ten, ten, nine)), ("fc1", (eight, eight, eight))):
        for first, second in ((0, 1), (0, 2), (1, 2)):
            chosen = rows(record, layer, first, second, "unit_")
            size = len(live[first]) + len(live[second])
            assert record.unit[chosen].tolist() == live[first] + live[second]
            own_network = [0] * len(live[first]) + [1] * len(live[second])
            assert record.unit_network[chosen].tolist() == own_network
            assert sorted(record.unit_place[chosen]) == list(range(size))
            counts = np.bincount(record.unit_cluster[chosen])
            own = rows(record, layer, first, second)
            np.testing.assert_array_equal(counts, (record.first_units + record.second_units)[own])


def test_the_tree_is_that_of_the_first_two_networks(record):
    for layer, size in (("conv1", 20), ("fc1", 16)):
        tree = record.tree[record.tree_layer == layer]
        assert tree.shape == (size - 1, 4)
        places = record.unit_place[rows(record, layer, 0, 1, "unit_")]
        np.testing.assert_array_equal(np.argsort(places), leaves_list(tree))


def test_a_layer_of_dead_units_alone_has_no_clusters(tmp_path):
    dead = [np.full((20, 3), 0.5)] * 2
    alive = list(np.random.default_rng(0).normal(size=(2, 20, 3)))
    with GatheredUnits(write_gathered(tmp_path / "u.h5", {"a": dead, "b": alive})) as gathered:
        record = find_clusters(gathered)
    for layers in (record.layer, record.unit_layer, record.tree_layer):
        assert set(layers) == {"b"}
    assert {record.first_units.dtype, record.cluster.dtype, record.unit.dtype} == {np.dtype(int)}


def run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, words)])
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_script_writes_the_same_record_every_time(path, record, tmp_path, monkeypatch, capsys):
    output, contents = tmp_path / "clusters.h5", set()
    for _ in range(2):
        run(monkeypatch, "--units", path, "--output", output)
        contents.add(output.read_bytes())
    assert len(contents) == 1
    written = read_group_record(Clusters, output)
    np.testing.assert_array_equal(written.unit_cluster, record.unit_cluster)
    np.testing.assert_array_equal(written.tree, record.tree)
    assert written.threshold == 0.2
    assert f"clusters: {len(record.cluster)}" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["0", "1", "-0.5", "nan"])
def test_an_impossible_threshold_ends_in_one_line(path, wrong, tmp_path, monkeypatch):
    output = tmp_path / "clusters.h5"
    with pytest.raises(SystemExit, match=r"error: threshold .* of correlations: give one between"):
        run(monkeypatch, "--units", path, f"--threshold={wrong}", "--output", output)
    assert not output.exists()


def test_a_single_network_is_refused(tmp_path):
    file = write_gathered(tmp_path / "u.h5", {"a": [np.eye(4)]})
    with pytest.raises(InputError, match=r"u\.h5 is about a single network"):
        cluster_units(file, tmp_path / "clusters.h5")


def test_torch_is_not_loaded():
    code = "import sys, repatlas.units.cluster_units; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
