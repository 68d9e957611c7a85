import dataclasses

import numpy as np
import pytest
from edited_files import edited_hdf5

from repatlas.data.dataset import (
    FORMAT,
    Dataset,
    Split,
    read_dataset,
    read_split,
    write_dataset,
)
from repatlas.data.spec import DataSpec
from repatlas.data.statistics import image_statistics
from repatlas.errors import InputError
from repatlas.hdf5 import create_hdf5


def make_split(name, count, seed):
    images = np.random.default_rng(seed).integers(0, 256, (count, 3, 5, 4), dtype=np.uint8)
    ids = np.array([f"{name}/naïve/{i}" for i in range(count)])
    return Split(images, np.arange(count) % 2, ids, image_statistics(images))


@pytest.fixture
def dataset():
    return Dataset(
        "own", DataSpec(train=6), ("a", "ü"), make_split("train", 6, 0), make_split("test", 4, 1)
    )


def test_round_trip(tmp_path, dataset):
    write_dataset(dataset, tmp_path / "a.h5")
    again = read_dataset(tmp_path / "a.h5")
    assert (again.name, again.spec, again.classes) == (dataset.name, dataset.spec, dataset.classes)
    assert again.fingerprint == dataset.fingerprint
    for name in ("train", "test"):
        old, new = getattr(dataset, name), getattr(again, name)
        assert np.array_equal(old.images, new.images)
        assert new.images.dtype == np.uint8
        assert np.array_equal(old.labels, new.labels)
        assert new.labels.dtype == np.int64
        assert old.ids.tolist() == new.ids.tolist()
        assert old.statistics.keys() == new.statistics.keys()
        for key, values in old.statistics.items():
            assert np.array_equal(values, new.statistics[key])
    alone = read_split(tmp_path / "a.h5", "test")
    assert alone.digest == dataset.test.digest


def test_same_data_set_gives_the_same_bytes(tmp_path, dataset):
    for name in ("a.h5", "b.h5"):
        write_dataset(dataset, tmp_path / name)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


@pytest.mark.parametrize("part", ["images", "labels", "ids"])
def test_fingerprint_tells_every_part(dataset, part):
    changed = getattr(dataset.test, part).copy()
    changed[[0, 1]] = changed[[1, 0]]
    test = dataclasses.replace(dataset.test, **{part: changed})
    assert dataclasses.replace(dataset, test=test).fingerprint != dataset.fingerprint


def test_fingerprint_tells_the_shape_and_the_split(dataset):
    turned = dataset.test.images.reshape(4, 3, 4, 5)
    test = dataclasses.replace(dataset.test, images=turned)
    assert dataclasses.replace(dataset, test=test).fingerprint != dataset.fingerprint
    swapped = dataclasses.replace(dataset, train=dataset.test, test=dataset.train)
    assert swapped.fingerprint != dataset.fingerprint


@pytest.mark.parametrize("read", [read_dataset, lambda path: read_split(path, "test")])
def test_changed_pixel_is_found(tmp_path, dataset, read):
    path = tmp_path / "a.h5"
    write_dataset(dataset, path)
    with edited_hdf5(path) as file:
        file["test/images"][0, 0, 0, 0] ^= 1
    with pytest.raises(InputError, match=r"a\.h5: the test images do not fit their checksum"):
        read(path)


def test_swapped_fingerprint_is_found(tmp_path, dataset):
    path = tmp_path / "a.h5"
    write_dataset(dataset, path)
    with edited_hdf5(path) as file:
        file.attrs["fingerprint"] = "0" * 64
    with pytest.raises(InputError, match="fingerprint does not fit"):
        read_dataset(path)


def test_truncated_foreign_and_incomplete_files_are_refused(tmp_path, dataset):
    path = tmp_path / "a.h5"
    write_dataset(dataset, path)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(InputError, match="truncated"):
        read_dataset(path)
    with create_hdf5(path, "repatlas.activations"):
        pass
    with pytest.raises(InputError, match=r"holds repatlas\.activations, expected repatlas\.data"):
        read_dataset(path)
    with create_hdf5(path, FORMAT):
        pass
    with pytest.raises(InputError, match="damaged or incomplete"):
        read_dataset(path)
