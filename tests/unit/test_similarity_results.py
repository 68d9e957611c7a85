import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from edited_files import edited_hdf5
from feature_stores import write_feature_store

from repatlas.errors import InputError
from repatlas.similarity.files import compare_stores
from repatlas.similarity.grid import PairSimilarity, compare, compare_within
from repatlas.similarity.results import DESCRIPTIONS, Similarity

MEASURES = [field.name for field in dataclasses.fields(PairSimilarity)]
SCRIPT = Path(__file__).parents[2] / "scripts" / "compare.py"


def features(seed, widths, count=40):
    generator = np.random.default_rng(seed)
    layers = [generator.normal(size=(count, width)).astype(np.float32) for width in widths]
    return [*layers, np.full((count, 3), 0.5, np.float32)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three stores, and the grams they are made of."""
    folder = tmp_path_factory.mktemp("stores")
    paths = [folder / f"{seed}.h5" for seed in range(3)]
    grams = [
        write_feature_store(path, features(seed, widths), exact=True, seed=seed)
        for seed, (path, widths) in enumerate(zip(paths, [(5, 6), (7,), (4, 3, 9)], strict=True))
    ]
    return paths, grams


def test_within_is_read_back_as_it_was_measured(made, tmp_path):
    paths, grams = made
    compare_stores(paths[:1], "within", tmp_path / "similarity.h5")
    found, expected = Similarity(tmp_path / "similarity.h5"), compare_within(grams[0])
    assert found.pairs == [(0, 0)]
    for measure in MEASURES:
        np.testing.assert_array_equal(found.values(measure), getattr(expected, measure))
    assert np.isnan(found.values("cka_minibatch")[-1]).all()


def test_between_is_read_back_in_either_direction(made, tmp_path):
    paths, grams = made
    compare_stores(paths, "between", tmp_path / "similarity.h5")
    found, expected = Similarity(tmp_path / "similarity.h5"), compare(grams)
    assert found.pairs == [(0, 1), (0, 2), (1, 2)]
    for (i, j), pair in expected.items():
        for measure in MEASURES:
            np.testing.assert_array_equal(found.values(measure, i, j), getattr(pair, measure))
            np.testing.assert_array_equal(found.values(measure, j, i), getattr(pair, measure).T)


def test_networks_are_described(made, tmp_path):
    paths, grams = made
    compare_stores(paths, "between", tmp_path / "similarity.h5")
    found = Similarity(tmp_path / "similarity.h5")
    assert found.sample_hash == grams[0].sample_hash
    assert found.probe["batch_size"] == 16
    for seed, network in enumerate(found.networks):
        assert (network.run["seed"], network.checkpoint, network.epoch) == (seed, "final", 4)
        assert network.train_accuracy == 0.9
        assert np.isnan(network.test_accuracy)
        np.testing.assert_array_equal(network.share, grams[seed].component_share)
        assert network.layers[0].name == "layer0"
        assert len(network.layers) == len(grams[seed].component_share)
    assert len({network.store for network in found.networks}) == 3


def test_every_measure_is_described():
    assert list(DESCRIPTIONS) == MEASURES


def test_the_same_stores_give_the_same_bytes_wherever_they_lie(made, tmp_path):
    paths, _ = made
    moved = tmp_path / "moved.h5"
    moved.write_bytes(paths[0].read_bytes())
    compare_stores([paths[0]], "within", tmp_path / "a.h5")
    compare_stores([moved], "within", tmp_path / "b.h5")
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_without_exact_grams_no_exact_value_is_written(tmp_path):
    write_feature_store(tmp_path / "store.h5", features(0, (5,)))
    compare_stores([tmp_path / "store.h5"], "within", tmp_path / "similarity.h5")
    found = Similarity(tmp_path / "similarity.h5")
    with pytest.raises(InputError, match="holds no cka_exact; it holds: cka_minibatch"):
        found.values("cka_exact")


def test_pair_that_was_not_compared_is_told(made, tmp_path):
    compare_stores(made[0], "between", tmp_path / "similarity.h5")
    with pytest.raises(InputError, match="does not compare network 1 with network 1"):
        Similarity(tmp_path / "similarity.h5").values("cka_minibatch", 1, 1)


def test_stores_of_other_samples_are_refused_and_nothing_is_written(made, tmp_path):
    other = tmp_path / "other.h5"
    write_feature_store(other, features(9, (5,)), ids=[f"train/{row}" for row in range(40)])
    with pytest.raises(InputError, match="number 0 is test/000 and train/0") as caught:
        compare_stores([made[0][0], other], "between", tmp_path / "similarity.h5")
    assert str(made[0][0]) in str(caught.value)
    assert str(other) in str(caught.value)
    assert not list(tmp_path.glob("*similarity*"))


@pytest.mark.parametrize(
    ("count", "pairs", "told"), [(2, "within", "takes one store"), (1, "between", "two stores")]
)
def test_wrong_number_of_stores_is_told(made, tmp_path, count, pairs, told):
    with pytest.raises(InputError, match=told):
        compare_stores(made[0][:count], pairs, tmp_path / "similarity.h5")


def test_damaged_files_are_told_in_one_line(made, tmp_path):
    path = tmp_path / "similarity.h5"
    compare_stores(made[0][:1], "within", path)
    with edited_hdf5(path) as file:
        del file["models/0/share"]
    with pytest.raises(InputError, match=r"similarity\.h5 .*: delete it and run the step"):
        Similarity(path)
    with pytest.raises(InputError, match=r"holds repatlas\.activations"):
        Similarity(made[0][0])


def test_script_writes_the_file_without_torch(made, tmp_path):
    output = tmp_path / "similarity.h5"
    program = (
        "import runpy, sys; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__'); assert 'torch' not in sys.modules"
    )
    arguments = [SCRIPT, "--stores", *made[0], "--pairs", "between", "--output", output]
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "networks: 3, compared pairs: 3" in done.stderr
    assert len(Similarity(output).pairs) == 3
