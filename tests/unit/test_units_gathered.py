import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from record_subjects import SUBJECT

from repatlas.errors import InputError
from repatlas.hdf5 import create_hdf5
from repatlas.units.gathered import (
    FORMAT,
    VERSION,
    GatheredUnits,
    JointCounts,
    TopPatches,
    UnitLayer,
    write_header,
    write_layer,
)
from repatlas.units.moments import Moments, UnitMoments

IDS = ("test/a/1", "test/é/22", "x")
NETWORKS = (SUBJECT, dataclasses.replace(SUBJECT, checkpoint="epoch-0000"))
LAYERS = (
    UnitLayer("stage1.relu", "conv1", (2, 3), (4, 5), 7, 2.0, -3.0),
    UnitLayer("fc.relu", "fc1", (1, 4), (1, 1), 32, 0.0, 0.0),
)


def planted(seed):
    random = np.random.default_rng(seed)
    halves = [
        Moments(count, random.normal(size=5), random.normal(size=(5, 5))) for count in (60, 40)
    ]
    moments = UnitMoments(LAYERS[seed].units, (halves[0], halves[1]), random.normal(size=(2, 5, 5)))
    moments.shuffled[:, 0, 0] = np.nan
    places = random.integers(0, 3, (3, 5, 2))
    top = TopPatches(random.normal(size=(5, 2)), *places)
    joint = JointCounts(100, 3, random.integers(0, 2**32, (5, 3, 5, 3)).astype(np.float64))
    return moments, top, joint if seed == 0 else None


def write(path):
    with create_hdf5(path, FORMAT, VERSION) as file:
        write_header(file, NETWORKS, IDS, "f" * 64)
        for number, layer in enumerate(LAYERS):
            write_layer(file, layer, *planted(number))
    return path


def test_what_was_gathered_is_read_back(tmp_path):
    with GatheredUnits(write(tmp_path / "units.h5")) as found:
        assert found.sample_hash == "f" * 64
        assert found.ids == list(IDS)
        assert [network.checkpoint for network in found.networks] == ["final", "epoch-0000"]
        assert found.networks[0].run == SUBJECT.run
        assert found.networks[1].layers == SUBJECT.layers
        assert found.layers == LAYERS
        for number in (0, 1):
            moments, top, joint = planted(number)
            read = found.moments(number)
            assert read.units == moments.units
            np.testing.assert_array_equal(read.shuffled, moments.shuffled)
            for one, other in zip(read.halves, moments.halves, strict=True):
                assert one.count == other.count
                np.testing.assert_array_equal(one.mean, other.mean)
                np.testing.assert_array_equal(one.product, other.product)
            for name, values in vars(top).items():
                np.testing.assert_array_equal(getattr(found.top(number), name), values)
            counts = found.joint_counts(number)
            if joint is None:
                assert counts is None
            else:
                assert (counts.count, counts.bins) == (joint.count, joint.bins)
                np.testing.assert_array_equal(counts.joint, joint.joint)


def test_equal_content_is_equal_bytes(tmp_path):
    first, second = (write(tmp_path / name).read_bytes() for name in ("one.h5", "two.h5"))
    assert first == second


def test_absent_and_foreign_files_are_told_in_one_line(tmp_path):
    path = tmp_path / "units.h5"
    with pytest.raises(InputError, match=r"units\.h5 does not exist"):
        GatheredUnits(path)
    with create_hdf5(path, "repatlas.other", 1):
        pass
    with pytest.raises(InputError, match=r"holds repatlas\.other, expected repatlas\.units"):
        GatheredUnits(path)


def test_reads_without_torch():
    code = "import sys, repatlas.units.gathered; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
