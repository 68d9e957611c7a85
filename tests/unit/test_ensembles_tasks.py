import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.data.dataset import Dataset, Split
from repatlas.data.spec import DataSpec
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.ensembles.tasks import Examples, draw_task, noisy_targets, redrawn_share, shuffled
from repatlas.errors import InputError

TEACHER = EnsembleSpec(inputs=6, outputs=2, samples=(10, 4000), snrs=(1.0,), held_out=4000)
IMAGES = EnsembleSpec(data="marks", samples=(6, 30), snrs=(1.0,), held_out=16, draws=2)


def marks(train=60, test=24, channels_differ=False):
    """Grey images of three classes, one bright pixel each."""

    def split(name, count):
        labels = np.arange(count) % 3
        images = np.full((count, 3, 2, 2), 10, np.uint8)
        images[np.arange(count), :, 0, 0] = np.arange(count)[:, None] % 251
        images.reshape(count, 3, 4)[np.arange(count), :, labels] = 200
        if channels_differ:
            images[:, 2] += 1
        ids = np.array([f"{name}/{number}" for number in range(count)])
        return Split(images, labels.astype(np.int64), ids)

    classes = ("a", "b", "c")
    return Dataset(
        "marks", DataSpec(source="digits"), classes, split("train", train), split("test", test)
    )


@pytest.mark.parametrize("teacher", ["linear", "relu"])
def test_targets_of_a_teacher_have_variance_1_and_their_noise_what_the_ratio_says(teacher):
    task = draw_task(TEACHER.model_copy(update={"teacher": teacher}), 0)
    (examples,) = task.training
    np.testing.assert_allclose(examples.targets.var(axis=0), 1, atol=0.1)
    noisy = noisy_targets(examples, None, (0.25, 4.0), np.random.default_rng(0))
    noise = (noisy - examples.targets).var(axis=(1, 2))
    np.testing.assert_allclose(noise, (4, 0.25), rtol=0.05)


def test_a_linear_teacher_is_linear():
    task = draw_task(TEACHER, 0)
    (examples,) = task.training
    weights = np.linalg.lstsq(examples.inputs, examples.targets, rcond=None)[0]
    np.testing.assert_allclose(np.linalg.norm(weights, axis=0), 1)
    np.testing.assert_allclose(task.held_out.inputs @ weights, task.held_out.targets)


def test_draws_are_repeatable_and_differ():
    first, again, other = (draw_task(TEACHER, draw).held_out.inputs for draw in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_learners_share_their_inputs_or_have_their_own():
    assert len(draw_task(TEACHER, 0).training) == 1
    own = draw_task(TEACHER.model_copy(update={"shared_inputs": False}), 0).training
    assert len(own) == TEACHER.members + TEACHER.shuffled
    assert not np.allclose(own[0].inputs, own[1].inputs)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.01, 100))
def test_classes_drawn_anew_leave_codes_of_the_ratio_asked_for(snr):
    kept = 1 - redrawn_share(snr)
    assert kept**2 / (1 - kept**2) == pytest.approx(snr, rel=1e-6)


def test_share_of_wrong_classes_is_the_redrawn_share_but_for_those_drawn_right():
    labels = np.zeros(40_000, dtype=np.int64)
    codes = np.eye(4)
    examples = Examples(np.zeros((40_000, 1)), codes[labels], labels)
    noisy = noisy_targets(examples, codes, (1.0, 100.0), np.random.default_rng(0))
    wrong = 1 - noisy[:, :, 0].mean(axis=1)
    np.testing.assert_allclose(wrong, 0.75 * redrawn_share((1.0, 100.0)), atol=0.01)
    # One realisation, scaled: what is wrong with little noise is wrong with more.
    assert not ((noisy[1, :, 0] == 0) & (noisy[0, :, 0] == 1)).any()


def test_images_are_centred_scaled_and_balanced_in_every_first_part():
    task = draw_task(IMAGES, 0, marks())
    (examples,) = task.training
    assert examples.inputs.shape == (30, 4)
    for count in (6, 12, 30):
        assert np.bincount(examples.labels[:count]).tolist() == [count // 3] * 3
    assert np.square(examples.inputs).mean() == pytest.approx(1, abs=0.2)
    np.testing.assert_allclose(examples.targets.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_array_equal(examples.targets, task.codes[examples.labels])
    assert len(task.held_out.labels) == 16


def test_draws_choose_other_images_and_colours_take_all_channels():
    first, second = (draw_task(IMAGES, draw, marks()).training[0].inputs for draw in (0, 1))
    assert not np.array_equal(first, second)
    assert draw_task(IMAGES, 0, marks(channels_differ=True)).training[0].inputs.shape == (30, 12)


def test_cross_entropy_learns_probabilities():
    spec = IMAGES.model_copy(update={"loss": "cross_entropy"})
    (examples,) = draw_task(spec, 0, marks()).training
    np.testing.assert_array_equal(examples.targets.sum(axis=1), 1)


def test_shuffled_labels_are_the_same_labels_in_another_order():
    (examples,) = draw_task(IMAGES, 0, marks()).training
    other = shuffled(examples, np.random.default_rng(0))
    assert sorted(other.labels) == sorted(examples.labels)
    assert other.labels.tolist() != examples.labels.tolist()
    np.testing.assert_array_equal(other.inputs, examples.inputs)


def test_missing_and_small_data_sets_are_told_in_one_line():
    with pytest.raises(InputError, match="learns marks: give that data set"):
        draw_task(IMAGES, 0)
    with pytest.raises(InputError, match=r"samples: 30 training images are asked of marks, .* 12"):
        draw_task(IMAGES, 0, marks(train=12))
