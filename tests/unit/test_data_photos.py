import numpy as np
import pytest

from repatlas.data import photos
from repatlas.data.photos import (
    PHOTOGRAPHS,
    divide_photograph,
    load_photos,
    patch_positions,
    read_photograph,
)
from repatlas.data.spec import DataSpec
from repatlas.errors import InputError


def place(split):
    """Class name, top and left of every patch, from the ids."""
    for name in split.ids.tolist():
        _, photograph, corner = name.split("/")
        top, left = corner.split("-")
        yield photograph, int(top), int(left)


@pytest.fixture(scope="module")
def small():
    return load_photos(DataSpec(size=16, train=1000, test=512))


def test_shapes_counts_and_unique_ids(small):
    classes, train, test = small
    assert len(classes) == len(set(classes)) == 10
    assert train.images.shape == (1000, 3, 16, 16)
    assert test.images.shape == (512, 3, 16, 16)
    assert np.bincount(train.labels).tolist() == [100] * 10
    assert np.bincount(test.labels).tolist() == [52, 52, *[51] * 8]
    assert len(set(train.ids)) == 1000
    assert all(name.startswith("test/") for name in test.ids)
    assert [classes[label] for label in test.labels] == [p for p, _, _ in place(test)]


def test_every_probe_batch_is_balanced(small):
    _, _, test = small
    for start in (0, 256):
        assert np.ptp(np.bincount(test.labels[start : start + 256])) <= 1


@pytest.mark.parametrize("size", [16, 48])
def test_train_and_test_share_no_pixel_of_any_photograph(size):
    _, train, test = load_photos(DataSpec(size=size, train=3000, test=1000))
    crop = max(32, size)
    seen = {}
    for split in (train, test):
        masks = {name: np.zeros(read_photograph(name).shape[:2], bool) for name in PHOTOGRAPHS}
        for name, top, left in place(split):
            assert top + crop <= masks[name].shape[0]
            assert left + crop <= masks[name].shape[1]
            masks[name][top : top + crop, left : left + crop] = True
        seen[split.ids[0].split("/")[0]] = masks
    for name in PHOTOGRAPHS:
        assert seen["train"][name].any()
        assert seen["test"][name].any()
        assert not (seen["train"][name] & seen["test"][name]).any()


def test_patch_is_what_its_id_says_averaged_over_areas(small):
    _, train, _ = small
    for index, (name, top, left) in enumerate(place(train)):
        if index % 97 == 0:
            crop = read_photograph(name)[top : top + 32, left : left + 32].astype(float)
            means = crop.reshape(16, 2, 16, 2, 3).mean(axis=(1, 3)).transpose(2, 0, 1)
            assert np.array_equal(train.images[index], np.rint(means).astype(np.uint8))


def test_no_patch_is_mostly_black():
    _, train, test = load_photos(DataSpec(train=2000, test=500))
    for split in (train, test):
        assert ((split.images.max(axis=1) < 10).mean(axis=(1, 2)) <= 0.5).all()
    # Without the rule the corners of the retina would be drawn.
    photo = read_photograph("retina")
    region = divide_photograph(photo.shape, 32, 6)
    kept = len(patch_positions(photo, region, 32, "train"))
    assert kept < 0.9 * len(patch_positions(np.full_like(photo, 99), region, 32, "train"))


def test_test_region_is_about_a_fifth_to_a_quarter():
    for index, name in enumerate(PHOTOGRAPHS):
        cells = divide_photograph(read_photograph(name).shape, 32, index)
        assert 0.2 <= np.mean([is_test for _, _, is_test in cells]) <= 0.25


def test_cells_cover_the_photograph_once_and_hold_two_crops():
    covered = np.zeros((300, 451), int)
    for rows, columns, _ in divide_photograph(covered.shape, 32, 0):
        covered[rows, columns] += 1
        assert min(rows.stop - rows.start, columns.stop - columns.start) >= 64
    assert (covered == 1).all()


def test_positions_are_those_of_whole_crops_in_one_cell():
    photo = np.full((8, 8, 3), 99, np.uint8)
    region = [(slice(0, 8), slice(0, 4), False), (slice(0, 8), slice(4, 8), True)]
    found = patch_positions(photo, region, 3, "test").tolist()
    assert found == [[top, left] for top in range(6) for left in (4, 5)]
    photo[:, 4] = 9
    assert len(patch_positions(photo, region, 3, "test")) == 12
    photo[:, 5] = 9  # two of the three columns of the left crops are black now
    assert [left for _, left in patch_positions(photo, region, 3, "test")] == [5] * 6


def test_seed_changes_the_patches_but_not_the_regions(small):
    _, train, test = small
    _, again, _ = load_photos(DataSpec(size=16, train=1000, test=512))
    assert np.array_equal(train.images, again.images)
    assert train.ids.tolist() == again.ids.tolist()
    _, other, _ = load_photos(DataSpec(size=16, train=1000, test=512, subset_seed=1))
    assert len(set(train.ids) & set(other.ids)) < 50
    held_out = {name: np.zeros(read_photograph(name).shape[:2], bool) for name in PHOTOGRAPHS}
    for name, top, left in place(test):
        held_out[name][top : top + 32, left : left + 32] = True
    for name, top, left in place(other):
        assert not held_out[name][top : top + 32, left : left + 32].any()


def test_smaller_set_lies_in_a_larger_one(small):
    _, train, _ = small
    _, fewer, _ = load_photos(DataSpec(size=16, train=300, test=100))
    assert set(fewer.ids) < set(train.ids)


def test_defaults_and_shares_of_them():
    _, train, test = load_photos(DataSpec())
    assert train.images.shape == (5000, 3, 32, 32)
    assert len(test) == 1000
    assert len(load_photos(DataSpec(train=0.0625, test=0.1))[1]) == round(0.0625 * 5000)


def test_impossible_requests_are_refused():
    load_photos(DataSpec(size=75, train=20, test=10))
    with pytest.raises(InputError, match=r"76 px are too large .*75 is the largest"):
        load_photos(DataSpec(size=76, train=20, test=10))
    with pytest.raises(InputError, match=r"9 patches are fewer than one for each of 10"):
        load_photos(DataSpec(train=9))
    with pytest.raises(InputError, match=r"take 20000 of 'astronaut', which has \d+ positions"):
        load_photos(DataSpec(test=200_000))


def test_photograph_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(photos.PHOTOGRAPHS, "chelsea", ("skimage", "data/absent.png"))
    with pytest.raises(InputError, match=r"'chelsea' is not installed .*absent\.png.* skimage"):
        load_photos(DataSpec())
    monkeypatch.setitem(photos.PHOTOGRAPHS, "chelsea", ("absent_package", "chelsea.png"))
    with pytest.raises(InputError, match="reinstall absent_package"):
        load_photos(DataSpec())
