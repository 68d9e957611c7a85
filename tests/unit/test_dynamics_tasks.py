"""The tasks, their records and their scripts."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from repatlas.data.dataset import write_dataset
from repatlas.data.sources import load_dataset
from repatlas.data.spec import DataSpec
from repatlas.dynamics.class_means import class_means
from repatlas.dynamics.context import blobs, follow_context
from repatlas.dynamics.images import follow_images, standardised
from repatlas.dynamics.results import Embedding, PairDistances, Trajectories
from repatlas.dynamics.spec import ContextSpec, ImagesSpec, LearnerSpec, PointsSpec, XorSpec
from repatlas.dynamics.two_points import points
from repatlas.dynamics.xor import follow_xor
from repatlas.errors import InputError
from repatlas.setting_records import read_setting_record

CPU = torch.device("cpu")
SCRIPTS = Path(__file__).parents[2] / "scripts"
TINY = {"width": 10, "depth": 2, "layer": 1, "learning_rate": 0.01, "steps": 20}
SHALLOW = LearnerSpec(**TINY)
squares = st.floats(0.01, 25)


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", DataSpec(source="digits", train=200, test=10))


@settings(deadline=None, max_examples=30)
@given(st.lists(squares, min_size=1, max_size=3), squares, st.integers(1, 4), st.integers(1, 4))
def test_points_have_the_stated_distances(inputs, target, inwards, outwards):
    spec = PointsSpec(
        input_squares=inputs, target_squares=(0.0, target), inputs=inwards, outputs=outwards
    )
    x, y = points(spec)
    assert x.shape == (2 * len(inputs), 2, inwards)
    assert y.shape == (2 * len(inputs), 2, outwards)
    between = np.square(x[:, 1] - x[:, 0]).sum(axis=1)
    np.testing.assert_allclose(between, np.repeat(inputs, 2))
    apart = np.square(y[:, 1] - y[:, 0]).sum(axis=1)
    np.testing.assert_allclose(apart, np.tile([0, target], len(inputs)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(x[:, 0], axis=1), 1)


def test_default_points_are_those_of_the_authors():
    x, y = points(PointsSpec())
    np.testing.assert_allclose(x[0, :, 0], [-1, 0])
    np.testing.assert_allclose(y[0, :, 0], [0.6, 0.6 + np.sqrt(0.5)])


@pytest.fixture(scope="module")
def xor():
    how = {"activation": "relu", "width": 40, "depth": 8, "layer": 5, "record_every": 20}
    learners = {
        "rich": LearnerSpec(**how, gain=0.9, learning_rate=0.04, steps=1200),
        "lazy": LearnerSpec(**how, gain=2.0, learning_rate=4e-5, steps=500),
    }
    return follow_xor(XorSpec(learners=learners, replicas=4), CPU)


def of_same_target(distances):
    """Mean distance of the pairs with one target over that of the others, (...,)."""
    same = (distances[..., 0, 3] + distances[..., 1, 2]) / 2
    others = [distances[..., i, j] for i, j in ((0, 1), (0, 2), (1, 3), (2, 3))]
    return same / np.mean(others, axis=0)


def test_small_initial_weights_bring_points_of_one_target_together(xor):
    rich, lazy = range(2)
    assert (xor.loss < 0.01).all()
    start, final = of_same_target(xor.start_distance), of_same_target(xor.final_distance)
    assert np.median(final[rich]) < 0.6 * np.median(start[rich])
    assert xor.final_distance[rich, :, 1, 2].max() < 0.5
    np.testing.assert_allclose(final[lazy], start[lazy], rtol=0.1)


def test_distances_of_inputs_and_targets_are_those_of_exclusive_or(xor):
    np.testing.assert_allclose(xor.input_distance[0, 3], np.sqrt(2))
    np.testing.assert_allclose(xor.input_distance[1, 3], 1)
    np.testing.assert_allclose(
        xor.target_distance, np.abs(np.subtract.outer([0, 1, 1, 0], [0, 1, 1, 0]))
    )
    assert xor.setting.tolist() == ["rich", "lazy"]
    assert xor.start_output.shape == xor.final_distance.shape == (2, 4, 4, 4)


def test_blobs_lie_where_their_features_say():
    images, features = blobs(ContextSpec(learners={"only": SHALLOW}, positions=3, pixels=9))
    assert images.shape == (18, 83)
    assert features.tolist() == [[x, y] for x in (-1, 0, 1) for y in (-1, 0, 1)]
    np.testing.assert_allclose(images[:, :81].sum(axis=1), 1)
    np.testing.assert_array_equal(images[:9, :81], images[9:, :81])
    np.testing.assert_array_equal(images[:9, 81:], np.tile([1, 0], (9, 1)))
    np.testing.assert_array_equal(images[9:, 81:], np.tile([0, 1], (9, 1)))
    brightest = np.array([np.unravel_index(image.argmax(), (9, 9)) for image in images[:9, :81]])
    # The first feature lies along the columns.
    np.testing.assert_array_equal(brightest[:, ::-1], (features + 1) * 4)


def test_small_initial_weights_drop_the_feature_of_no_use():
    how = {"width": 40, "depth": 3, "layer": 1, "record_every": 100}
    learners = {
        "high": LearnerSpec(**how, gain=2.0, learning_rate=0.01, steps=1000),
        "low": LearnerSpec(**how, gain=0.6, learning_rate=0.1, steps=2000),
    }
    found = follow_context(ContextSpec(learners=learners, positions=5, replicas=2), CPU)
    assert found.setting.tolist() == ["high", "high", "low", "low"]
    assert found.seed.tolist() == [0, 1, 0, 1]
    assert (found.loss < 0.02).all()
    kept = [share_of(hidden, found, asked=False) for hidden in found.hidden]
    assert min(kept[:2]) > 0.1
    assert max(kept[2:]) < 0.05


def share_of(hidden, found, *, asked):
    """Share of the variance in the first context that a feature explains."""
    there = hidden[found.context == 0]
    feature = (found.first if asked else found.second)[found.context == 0]
    means = np.array([there[feature == value].mean(axis=0) for value in np.unique(feature)])
    return means.var(axis=0).sum() / there.var(axis=0).sum()


def test_images_are_followed_in_pairs_and_by_class(digits):
    learner = LearnerSpec(
        **(TINY | {"gain": 0.7, "learning_rate": 0.05, "steps": 400, "batch": 20, "width": 40})
    )
    spec = ImagesSpec(data="digits", learner=learner, classes=(3, 8), compared=40, replicas=2)
    pair, classes = follow_images(spec, digits, CPU)
    np.testing.assert_allclose(pair.target_square, 2)
    assert len(set(pair.input_square.tolist())) == 2
    assert (pair.loss[:, -1] < 0.5 * pair.loss[:, 0]).all()
    np.testing.assert_allclose(classes.loss[0], pair.loss[:, -1])
    labels = classes.points[:, 0]
    assert labels.tolist() == np.repeat(np.arange(10), 4).tolist()
    same = labels[:, None] == labels
    np.testing.assert_allclose(classes.target_distance, np.sqrt(2) * ~same, atol=1e-6)
    start, final = (
        class_means(part[0], labels) for part in (classes.start_distance, classes.final_distance)
    )
    assert closeness(final).max() < 0.8 * closeness(start).min()


def closeness(means):
    """Mean distance within classes over that between, by replica."""
    within = np.diagonal(means, axis1=1, axis2=2).mean(axis=1)
    return within / means[:, ~np.eye(10, dtype=bool)].mean(axis=1)


def test_pixels_have_mean_0_and_deviation_1(digits):
    pixels = standardised(digits.train)
    assert pixels.shape == (200, 64)
    assert pixels.mean() == pytest.approx(0, abs=1e-9)
    assert pixels.std() == pytest.approx(1)


def test_class_means_do_not_grow_with_the_classes():
    labels = np.array([0, 0, 0, 1, 1, 2])
    distances = 1.0 + labels[:, None] + labels
    np.fill_diagonal(distances, 0)
    means = class_means(np.stack([distances, 2 * distances]), labels)
    np.testing.assert_allclose(means[0], [[1, 2, 3], [2, 3, 4], [3, 4, np.nan]])
    np.testing.assert_allclose(means[1], 2 * means[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": "photos"}, "learn photos, this is digits"),
        ({"classes": (0, 17)}, "no training images of class 17"),
        ({"compared": 500}, "ask for 200 at most"),
    ],
)
def test_images_that_do_not_fit_the_task_are_refused(digits, change, message):
    spec = ImagesSpec(**({"data": "digits", "learner": SHALLOW} | change))
    with pytest.raises(InputError, match=message):
        follow_images(spec, digits, CPU)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"layer": 2}, "none of the 2 hidden layers"),
        ({"kind": "cnn", "layer": 4, "width": 40}, "none of the 4 hidden layers"),
        ({"steps": 25}, "no multiple of record_every"),
        ({"kind": "cnn"}, "leave nothing of 10"),
        ({"learning_rate": 0}, "greater than 0"),
        ({"activation": "swish"}, "leaky_relu"),
    ],
)
def test_impossible_networks_are_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        LearnerSpec(**(TINY | given))


def test_equal_classes_are_refused():
    with pytest.raises(ValidationError, match="two different ones"):
        ImagesSpec(data="digits", learner=SHALLOW, classes=(1, 1))


def call(monkeypatch, name, task, *words):
    path = SCRIPTS / f"follow_{name}.py"
    given = [path, "--task", json.dumps(task), "--device", "cpu", *words]
    monkeypatch.setattr(sys, "argv", list(map(str, given)))
    runpy.run_path(str(path), run_name="__main__")


@pytest.mark.parametrize(
    ("name", "task", "kind"),
    [
        ("points", {"learner": TINY}, Trajectories),
        ("xor", {"learners": {"only": TINY}}, PairDistances),
        ("context", {"learners": {"only": TINY}, "positions": 3}, Embedding),
    ],
)
def test_scripts_write_records_that_say_what_was_done(name, task, kind, tmp_path, monkeypatch):
    path, written = tmp_path / "record.h5", []
    for _ in range(2):
        call(monkeypatch, name, task, "--output", path)
        written.append(path.read_bytes())
    record = read_setting_record(kind, path)
    told = record.settings.get("learner") or record.settings["learners"]["only"]
    assert told == LearnerSpec(**TINY).model_dump(mode="json")
    assert written[0] == written[1]


def test_images_are_followed_by_their_script(digits, tmp_path, monkeypatch):
    write_dataset(digits, tmp_path / "digits.h5")
    files = {name: tmp_path / f"{name}.h5" for name in ("pair", "classes")}
    words = [word for name, path in files.items() for word in (f"--{name}", path)]
    task = {"data": "digits", "learner": TINY, "compared": 20, "replicas": 1}
    call(monkeypatch, "images", task, "--data", tmp_path / "digits.h5", *words)
    assert read_setting_record(Trajectories, files["pair"]).hidden.shape == (1, 2, 3)
    assert read_setting_record(PairDistances, files["classes"]).setting.tolist() == ["digits"]


def test_a_mistake_ends_in_one_line(tmp_path, monkeypatch):
    task = {"learner": TINY | {"gain": -1}}
    with pytest.raises(SystemExit, match=r"error: --task, learner\.gain: .* greater than 0") as end:
        call(monkeypatch, "points", task, "--output", tmp_path / "record.h5")
    assert "\n" not in str(end.value)
    assert not list(tmp_path.iterdir())


def test_records_and_settings_are_read_without_torch():
    code = (
        "import sys, repatlas.dynamics.results, repatlas.dynamics.class_means; "
        "import repatlas.dynamics.spec; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
