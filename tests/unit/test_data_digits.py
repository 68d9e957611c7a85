import numpy as np
import pytest
from sklearn.datasets import load_digits as load_bundled_digits

from repatlas.data.digits import load_digits
from repatlas.data.sources import load_dataset
from repatlas.data.spec import DataSpec
from repatlas.errors import InputError


def test_splits_are_stratified_disjoint_and_complete():
    classes, train, test = load_digits(DataSpec(source="digits"))
    assert classes == tuple("0123456789")
    assert len(train) + len(test) == 1797
    numbers = [int(name.split("/")[2]) for name in train.ids]
    shares = np.bincount(test.labels) / np.bincount(np.r_[train.labels, test.labels])
    assert np.abs(shares - 0.2).max() < 0.01
    assert len(set(zip(train.labels.tolist(), numbers, strict=True))) == len(train)


def test_values_fill_a_byte_and_labels_fit_their_images():
    _, train, test = load_digits(DataSpec(source="digits"))
    assert train.images.shape[1:] == (3, 8, 8)
    bundled = load_bundled_digits()
    expected = {
        (np.rint(image * 255 / 16).astype(np.uint8).tobytes(), label)
        for image, label in zip(bundled.images, bundled.target.tolist(), strict=True)
    }
    for split in (train, test):
        assert np.array_equal(split.images[:, 0], split.images[:, 2])
        for image, label in zip(split.images[:, 0], split.labels.tolist(), strict=True):
            assert (image.tobytes(), label) in expected


def test_size_subset_and_seed():
    _, train, test = load_digits(DataSpec(source="digits", size=16, train=100, test=0.5))
    assert train.images.shape == (100, 3, 16, 16)
    assert abs(len(test) - 180) <= 1
    _, other, _ = load_digits(DataSpec(source="digits", train=100, subset_seed=1))
    assert set(train.ids) != set(other.ids)


def test_dataset_has_statistics_and_its_name_in_messages():
    dataset = load_dataset("small", DataSpec(source="digits", train=20, test=10))
    assert dataset.train.statistics["contrast"].shape == (20,)
    assert dataset.test.statistics["mean_color"].shape == (10, 3)
    with pytest.raises(InputError, match=r"data set 'small': 1790 images take 179 of class '8'"):
        load_dataset("small", DataSpec(source="digits", train=1790))
