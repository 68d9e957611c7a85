"""Runs whose training images are changed because of what they do in another run."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from training_cases import CHOSEN, chosen_examples, edited_run, tiny_dataset, tiny_run, train_in

from repatlas.data.examples import write_examples
from repatlas.data.recolor import recolor
from repatlas.data.statistics import image_statistics
from repatlas.errors import InputError
from repatlas.networks.model import load_weights
from repatlas.training.edits import edited_dataset
from repatlas.training.evaluate import evaluate
from repatlas.training.examples import channel_statistics, examples_of
from repatlas.training.job import initial_model


def examples_file(folder: Path, **changes: Any) -> Path:
    write_examples(chosen_examples(**changes), folder / "examples.json")
    return folder / "examples.json"


def test_removed_images_are_gone_and_the_others_stay_in_order() -> None:
    whole = tiny_dataset()

    edited = edited_dataset(whole, chosen_examples(), "remove")

    kept = np.delete(np.arange(42), CHOSEN)
    assert np.array_equal(edited.train.ids, whole.train.ids[kept])
    assert np.array_equal(edited.train.images, whole.train.images[kept])
    assert np.array_equal(edited.train.labels, whole.train.labels[kept])
    for name, values in edited.train.statistics.items():
        assert np.array_equal(values, whole.train.statistics[name][kept])
    assert edited.test is whole.test
    assert len(whole.train) == 42


def test_recoloured_images_keep_place_and_class() -> None:
    whole = tiny_dataset()

    edited = edited_dataset(whole, chosen_examples(), "recolor")

    expected = tiny_dataset().train.images
    assert np.array_equal(whole.train.images, expected)
    expected[CHOSEN] = recolor(expected[CHOSEN])
    assert np.array_equal(edited.train.images, expected)
    assert np.array_equal(edited.train.labels, whole.train.labels)
    assert np.array_equal(edited.train.ids, whole.train.ids)
    brightness = image_statistics(expected)["brightness"]
    assert np.array_equal(edited.train.statistics["brightness"], brightness)


def test_ids_that_are_not_of_the_training_images_are_refused_in_one_line() -> None:
    ids = (str(tiny_dataset().train.ids[0]), str(tiny_dataset().test.ids[0]))

    with pytest.raises(InputError, match=r"1 of 2 ids, such as 'test/dark/0', are not") as caught:
        edited_dataset(tiny_dataset(), chosen_examples(ids=ids), "remove")
    assert "\n" not in str(caught.value)
    everything = chosen_examples(ids=tuple(tiny_dataset().train.ids))
    with pytest.raises(InputError, match="all of the training images"):
        edited_dataset(tiny_dataset(), everything, "remove")


@pytest.mark.parametrize("change", ["remove", "recolor"])
def test_training_sees_the_changed_images_and_nothing_else(tmp_path: Path, change: str) -> None:
    run = edited_run(change, epochs=2)

    outputs = train_in(tmp_path, run, examples=examples_file(tmp_path))

    edited = edited_dataset(tiny_dataset(), chosen_examples(), "remove")
    if change == "recolor":
        edited = edited_dataset(tiny_dataset(), chosen_examples(), "recolor")
    model = initial_model(run, edited)
    load_weights(model, outputs.model)
    score = evaluate(model, examples_of(edited.train, torch.device("cpu")))
    record = json.loads(outputs.record.read_text())
    mean, sd = channel_statistics(edited.train.images)
    assert record["train"] == {"loss": score.loss, "accuracy": score.accuracy}
    assert record["channel_mean"] == pytest.approx(mean, abs=1e-6)
    assert record["channel_sd"] == pytest.approx(sd, abs=1e-6)
    assert record["train_images"] == len(edited.train)
    assert record["data_fingerprint"] == tiny_dataset().fingerprint
    assert record["edit"] == {
        "run": tiny_run().title,
        "layer": "stage2.block1.relu2",
        "images": "dominant",
        "fraction": 0.1,
        "count": 4,
        "change": change,
        "sha256": record["edit"]["sha256"],
        "data_fingerprint": edited.fingerprint,
        "train_scores": "on the training images after the change",
    }
    assert f"{change} 10% dominant images" in record["title"]


def test_steps_are_those_of_the_images_that_are_left(tmp_path: Path) -> None:
    # 42 images in batches of 20 make 3 steps an epoch; 38 images make 2.
    run = edited_run("remove", epochs=1, batch_size=20, checkpoints={"steps": (3,)})

    with pytest.raises(InputError, match=r"steps: 3 is beyond the last step, 2 .* 38 images"):
        train_in(tmp_path, run, examples=examples_file(tmp_path))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": "random"}, "lists random images, share 0.1, where the recipe has dominant"),
        ({"fraction": 0.01}, "share 0.01, where the recipe has dominant, 0.1"),
        ({"run": {**tiny_run().model_dump(), "seed": 9}}, "is of seed 9 where it should be of 3"),
    ],
)
def test_a_list_of_other_images_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        train_in(tmp_path, edited_run(), examples=examples_file(tmp_path, **changes))


def test_a_list_is_there_if_and_only_if_the_recipe_has_an_edit(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the recipe has `edit`: give a list of examples of RN-8"):
        train_in(tmp_path, edited_run())
    with pytest.raises(InputError, match="the recipe has no `edit`: drop"):
        train_in(tmp_path, tiny_run(), examples=examples_file(tmp_path))
