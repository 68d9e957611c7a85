import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from feature_stores import write_feature_store
from measure_definitions import (
    neighbours_definition,
    procrustes_definition,
    related_layers,
    rsa_definition,
)
from related_units import write_gathered

from repatlas.errors import InputError
from repatlas.group_records import read_group_record
from repatlas.similarity.cka import cka
from repatlas.units.measure_examples import measure_examples
from repatlas.units.results import EXAMPLE_MEASURES, ExampleMeasures

SCRIPT = Path(__file__).parents[2] / "scripts" / "measure_examples.py"
COUNT, BATCH, PERMUTATIONS = 100, 64, 30
TITLES = {"conv1": "layer0", "fc1": "layer2"}


@pytest.fixture(scope="module")
def networks():
    """Three networks of three layers: the first two are related, the third is not; one is dead."""
    generator = np.random.default_rng(0)
    early = [*related_layers(generator, COUNT, (30, 40)), generator.normal(size=(COUNT, 30))]
    late = [*related_layers(generator, COUNT, (12, 12)), np.full((COUNT, 5), 0.5)]
    between = generator.normal(size=(COUNT, 4)).astype(np.float32)
    return [
        [first.astype(np.float32), between, last.astype(np.float32)]
        for first, last in zip(early, late, strict=True)
    ]


@pytest.fixture(scope="module")
def files(networks, tmp_path_factory):
    """Activation stores, and the gathered units that name their layers."""
    folder = tmp_path_factory.mktemp("examples")
    stores = [folder / f"{seed}.h5" for seed in range(3)]
    for seed, (store, layers) in enumerate(zip(stores, networks, strict=True)):
        write_feature_store(store, layers, batch=BATCH, seed=seed)
    units = [np.eye(8)] * 3
    gathered = write_gathered(
        folder / "units.h5", dict.fromkeys(TITLES, units), names=list(TITLES.values())
    )
    return stores, gathered


@pytest.fixture(scope="module")
def record(files, tmp_path_factory):
    output = tmp_path_factory.mktemp("record") / "measures.h5"
    measure_examples(*files, output, permutations=PERMUTATIONS)
    return read_group_record(ExampleMeasures, output)


def row(record, measure, layer="conv1", first=0, second=1):
    chosen = (record.measure == measure) & (record.layer == layer)
    (found,) = np.flatnonzero(chosen & (record.first == first) & (record.second == second))
    return found


def test_every_pair_has_every_measure_in_every_layer_named(record):
    keys = set(zip(record.layer, record.first, record.second, record.measure, strict=True))
    assert len(keys) == len(record.value) == 2 * 3 * 4
    assert set(record.layer) == set(TITLES)
    assert set(record.measure) == set(EXAMPLE_MEASURES)
    assert (record.first < record.second).all()
    assert record.permutations == PERMUTATIONS


def test_values_are_those_of_the_definitions(record, networks):
    for title, name in TITLES.items():
        x, y = (network[int(name[-1])] for network in networks[:2])
        first, second = x[:BATCH], y[:BATCH]
        expected = {
            "cka_linear": cka(x, y, batch_size=BATCH),
            "procrustes": procrustes_definition(first, second),
            "rsa_spearman": rsa_definition(first, second),
            "mutual_neighbours": neighbours_definition(first, second, 10),
        }
        for measure, value in expected.items():
            found = record.value[row(record, measure, title)]
            assert found == pytest.approx(value, abs=1e-3)


def test_related_networks_stand_out_of_their_null_and_others_do_not(record):
    for measure in EXAMPLE_MEASURES:
        related, other = row(record, measure), row(record, measure, second=2)
        scores = (record.value - record.null_mean) / record.null_sd
        assert scores[related] > 4
        assert abs(scores[other]) < 4
        assert record.p[related] == pytest.approx(1 / (PERMUTATIONS + 1))
        assert record.p[other] > 0.01


def test_layer_that_tells_no_examples_apart_has_no_value_and_no_null(record):
    dead = (record.layer == "fc1") & (record.second == 2)
    for column in ("value", "null_mean", "null_sd", "p"):
        np.testing.assert_array_equal(np.isnan(getattr(record, column)), dead)


def test_seed_decides_the_null_alone(files, record, tmp_path):
    measure_examples(*files, tmp_path / "again.h5", permutations=PERMUTATIONS)
    measure_examples(*files, tmp_path / "other.h5", permutations=PERMUTATIONS, seed=1)
    again, other = (
        read_group_record(ExampleMeasures, tmp_path / name) for name in ("again.h5", "other.h5")
    )
    np.testing.assert_array_equal(again.null_mean, record.null_mean)
    np.testing.assert_array_equal(other.value, record.value)
    alive = np.isfinite(record.value)
    assert (other.null_mean[alive] != record.null_mean[alive]).all()


def test_wrong_input_is_told_in_one_line(files, tmp_path):
    (one, two, three), gathered = files
    output = tmp_path / "measures.h5"
    with pytest.raises(InputError, match="same order"):
        measure_examples([two, one, three], gathered, output)
    with pytest.raises(InputError, match="same order"):
        measure_examples([one, two], gathered, output)
    with pytest.raises(InputError, match="make no null"):
        measure_examples([one, two, three], gathered, output, permutations=1)
    single = write_gathered(tmp_path / "single.h5", {"conv1": [np.eye(8)]})
    with pytest.raises(InputError, match="name another store"):
        measure_examples([one], single, output)
    unknown = write_gathered(tmp_path / "unknown.h5", {"conv1": [np.eye(8)] * 3}, names=["absent"])
    with pytest.raises(InputError, match="no layer 'absent'"):
        measure_examples([one, two, three], unknown, output)
    assert not output.exists()


def test_script_writes_the_record_without_torch(files, record, tmp_path):
    stores, gathered = files
    output = tmp_path / "measures.h5"
    command = [sys.executable, str(SCRIPT), "--stores", *map(str, stores), "--units", str(gathered)]
    command += ["--permutations", str(PERMUTATIONS), "--output", str(output)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert f"similarities: {len(record.value)}" in found.stderr
    written = read_group_record(ExampleMeasures, output)
    np.testing.assert_array_equal(written.p, record.p)
    code = (
        "import sys\nfrom repatlas.units import measure_examples\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
