import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatlas.data.subset import balanced_subset, equal_quotas, take_turns
from repatlas.errors import InputError

sizes = st.lists(st.integers(1, 40), min_size=1, max_size=6)


def labels_of(counts):
    return np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))


def test_count_is_equal_over_the_classes_and_the_first_get_the_odd_ones():
    labels = labels_of([20, 30, 40])
    chosen = balanced_subset(labels, 11)
    assert np.bincount(labels[chosen]).tolist() == [4, 4, 3]
    assert len(set(chosen)) == 11


@given(sizes, st.floats(0.05, 1), st.integers(0, 5))
def test_share_keeps_the_proportions(counts, share, seed):
    labels = labels_of(counts)
    try:
        chosen = balanced_subset(labels, share, seed)
    except InputError:
        assert min(counts) * share < 1
        return
    assert len(set(chosen)) == len(chosen) == round(share * sum(counts))
    assert np.abs(np.bincount(labels[chosen]) - share * np.array(counts)).max() <= 1


def test_odd_image_of_a_share_goes_to_the_largest_remainder():
    labels = labels_of([14, 16, 20])
    assert np.bincount(labels[balanced_subset(labels, 0.1)]).tolist() == [1, 2, 2]


def test_sixteenth_of_cifar_is_3125_images():
    labels = np.repeat(np.arange(10), 5000)
    counts = np.bincount(labels[balanced_subset(labels, 1 / 16)])
    assert counts.tolist() == [313] * 5 + [312] * 5


def test_none_takes_everything_in_the_same_order_whatever_the_seed():
    labels = labels_of([5, 9])
    chosen = balanced_subset(labels, None, seed=0)
    assert sorted(chosen) == list(range(14))
    assert np.array_equal(chosen, balanced_subset(labels, None, seed=1))


def test_choice_is_deterministic_and_depends_on_the_seed():
    labels = labels_of([50, 50])
    first = balanced_subset(labels, 20, seed=3)
    assert np.array_equal(first, balanced_subset(labels, 20, seed=3))
    assert set(first) != set(balanced_subset(labels, 20, seed=4))


@given(sizes, st.integers(0, 3), st.data())
def test_smaller_subset_lies_in_a_larger_one(counts, seed, data):
    labels = labels_of(counts)
    most = min(counts) * len(counts)
    large = data.draw(st.integers(len(counts), most))
    small = data.draw(st.integers(len(counts), large))
    assert set(balanced_subset(labels, small, seed)) <= set(balanced_subset(labels, large, seed))


@given(sizes)
def test_every_stretch_is_about_as_balanced_as_the_whole(counts):
    order = labels_of(counts)[balanced_subset(labels_of(counts), None)]
    for stop in range(1, len(order) + 1):
        expected = np.array(counts) * stop / len(order)
        found = np.bincount(order[:stop], minlength=len(counts))
        assert np.abs(found - expected).max() <= len(counts)


def test_equal_classes_take_strict_turns():
    groups = [np.array([0, 1]), np.array([2, 3]), np.array([4, 5])]
    assert take_turns(groups).tolist() == [0, 2, 4, 1, 3, 5]


def test_equal_quotas_sum_to_the_count():
    assert equal_quotas(512, 10).tolist() == [52, 52, *[51] * 8]


def test_impossible_requests_name_the_class_and_what_is_possible():
    labels = labels_of([5, 9])
    with pytest.raises(InputError, match=r"12 images take 6 of class 'cat', which has 5.* 10 at"):
        balanced_subset(labels, 12, classes=("cat", "dog"))
    with pytest.raises(InputError, match=r"class 'dog' \(9 images\) none: .* 2 classes"):
        balanced_subset(labels, 1, classes=("cat", "dog"))
    with pytest.raises(InputError, match="none"):
        balanced_subset(labels, 0.05, classes=("cat", "dog"))
    with pytest.raises(InputError, match=r"class 'eel' \(0 images\) none"):
        balanced_subset(labels, 6, classes=("cat", "dog", "eel"))
