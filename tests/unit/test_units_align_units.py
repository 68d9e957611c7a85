import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from related_units import correlated, write_gathered

from repatlas.errors import InputError
from repatlas.group_records import read_group_record
from repatlas.units.align_units import align_gathered, align_units
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import ALIGNMENTS, VARIANTS, Alignments

SCRIPT = Path(__file__).parents[2] / "scripts" / "align_units.py"
ROWS = 400


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Three networks of other widths that share some units; of fc1 one has a single live unit."""
    generator = np.random.default_rng(0)
    shared = correlated(generator, ROWS, 6)
    noisy = [
        np.hstack([shared, generator.normal(size=(ROWS, extra))]) + generator.normal(size=(ROWS, 1))
        for extra in (2, 2, 5)
    ]
    dead = np.hstack([shared[:, :1], np.full((ROWS, 3), 0.5)])
    file = tmp_path_factory.mktemp("units") / "units.h5"
    return write_gathered(file, {"conv1": noisy, "fc1": [shared, dead, shared]})


@pytest.fixture(scope="module")
def record(path):
    with GatheredUnits(path) as gathered:
        return align_gathered(gathered, seed=0)


def value(record, measure, variant="native", layer="conv1", first=0, second=1):
    chosen = (record.measure == measure) & (record.variant == variant) & (record.layer == layer)
    (found,) = record.value[chosen & (record.first == first) & (record.second == second)]
    return found


def test_every_pair_has_every_measure_of_every_variant(record):
    keys = set(
        zip(record.layer, record.first, record.second, record.measure, record.variant, strict=True)
    )
    assert len(keys) == len(record.value) == 2 * 6 * len(ALIGNMENTS) * len(VARIANTS)
    assert set(record.measure) == set(ALIGNMENTS)
    assert set(record.variant) == set(VARIANTS)


def test_layer_of_a_network_with_a_single_live_unit_has_no_value(record):
    without = (record.layer == "fc1") & ((record.first == 1) | (record.second == 1))
    np.testing.assert_array_equal(np.isnan(record.value), without)


def test_network_whose_units_vary_on_one_half_alone_has_no_value(tmp_path):
    generator = np.random.default_rng(1)
    x, y = correlated(generator, 80, 4), correlated(generator, 80, 4)
    y[1::2, 1:] = 0
    path = write_gathered(tmp_path / "units.h5", {"conv1": [x, y]})
    with GatheredUnits(path) as gathered:
        assert np.isnan(align_gathered(gathered, seed=0).value).all()


def test_networks_that_are_the_same_align_in_their_own_basis_and_not_to_other_images(record):
    for measure in ALIGNMENTS:
        same = value(record, measure, layer="fc1", second=2)
        assert same == pytest.approx(1, abs=1e-4)
        assert abs(value(record, measure, "shuffled", "fc1", second=2)) < 0.2
    assert value(record, "permutation", "rotated", "fc1", second=2) < 0.9
    assert value(record, "linear", "rotated", "fc1", second=2) == pytest.approx(1, abs=1e-4)


def test_measures_without_a_direction_are_the_same_in_both(record):
    for measure in ("soft", "cca", "svcca", "cka"):
        back = value(record, measure, first=2, second=0)
        assert value(record, measure, first=0, second=2) == pytest.approx(back, abs=1e-6)
    # The wider network has units that no unit of the other is left for.
    assert value(record, "permutation", second=2) < value(record, "permutation", first=2, second=0)


def test_seed_decides_the_rotations_alone(path, record):
    with GatheredUnits(path) as gathered:
        other = align_gathered(gathered, seed=1)
        again = align_gathered(gathered, seed=0)
    np.testing.assert_array_equal(again.value, record.value)
    rotated = record.variant == "rotated"
    np.testing.assert_array_equal(other.value[~rotated], record.value[~rotated])
    matches = rotated & (record.measure == "permutation") & np.isfinite(record.value)
    assert (other.value[matches] != record.value[matches]).all()


def test_single_network_is_refused_in_one_line(tmp_path):
    single = write_gathered(tmp_path / "units.h5", {"conv1": [np.eye(8)]})
    with pytest.raises(InputError, match="gather the units of two or more"):
        align_units(single, tmp_path / "alignments.h5")
    assert not (tmp_path / "alignments.h5").exists()


def test_script_writes_the_record_without_torch(path, record, tmp_path):
    output = tmp_path / "alignments.h5"
    command = [sys.executable, str(SCRIPT), "--units", str(path), "--output", str(output)]
    found = subprocess.run([*command, "--seed", "0"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert f"scores: {len(record.value)}" in found.stderr
    written = read_group_record(Alignments, output)
    np.testing.assert_array_equal(written.value, record.value)
    np.testing.assert_array_equal(written.measure, record.measure)
    code = "import sys\nfrom repatlas.units import align_units\nassert 'torch' not in sys.modules\n"
    subprocess.run([sys.executable, "-c", code], check=True)
