"""From the files of a run to its store, by the script's own command line."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from store_runs import METADATA, run_spec, write_data, write_run
from store_samples import split

from repatlas.errors import InputError
from repatlas.networks.build import build_model
from repatlas.networks.model import save_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.store.extract import extract, training_state
from repatlas.store.reader import ActivationStore
from repatlas.store.spec import ProbeSpec

SCRIPT = Path(__file__).parents[2] / "scripts" / "extract.py"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A data set and the weights of a run on it."""
    folder = tmp_path_factory.mktemp("run")
    model = write_run(folder)
    return folder, model


def test_store_holds_the_network_of_the_weights(files, tmp_path):
    folder, model = files
    extract(
        run_spec(),
        "epoch-0007",
        folder / "model.safetensors",
        ProbeSpec(batch_size=8, components=2),
        folder / "data.h5",
        tmp_path / "store.h5",
        device="cpu",
    )
    with ActivationStore(tmp_path / "store.h5") as store:
        assert store.run == run_spec().model_dump(mode="json", by_alias=True)
        assert (store.checkpoint, store.epoch, store.step) == ("epoch-0007", 7, 70)
        assert (store.train_accuracy, store.test_accuracy) == (0.875, 0.5)
        assert len(store.layers) == 7 * (8 - 2) // 2 + 9
        assert sum(layer.block_output for layer in store.layers) == 4
        images = images_by_id()
        batch = torch.from_numpy(np.stack([images[name] for name in store.ids.tolist()]))
        with torch.no_grad():
            np.testing.assert_allclose(store.logits, model.eval()(batch).numpy(), atol=1e-5)


def images_by_id():
    data = split(24, side=8, seed=1)
    return dict(zip(data.ids.tolist(), data.images, strict=True))


def command(folder, output, **changes):
    options = {
        "run": run_spec().as_json(),
        "checkpoint": "final",
        "weights": folder / "model.safetensors",
        "probe": ProbeSpec(count=9, components=2).model_dump_json(),
        "data": folder / "data.h5",
        "threads": 1,
        "device": "cpu",
        "output": output,
    } | changes
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    return subprocess.run(
        [sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=False
    )


def test_two_processes_write_the_same_content(files, tmp_path):
    folder, _ = files
    prints = []
    for name in ("one.h5", "two.h5"):
        done = command(folder, tmp_path / name)
        assert done.returncode == 0, done.stderr
        with ActivationStore(tmp_path / name) as store:
            prints.append(store.fingerprint)
    assert prints[0] == prints[1]
    assert "30 layers on 9 images in" in done.stderr


def test_script_ends_in_one_line_where_an_input_is_at_fault(files, tmp_path):
    folder, _ = files
    done = command(folder, tmp_path / "store.h5", weights=folder / "none.safetensors")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run": run_spec(depth=14)}, "does not fit the network"),
        ({"run": run_spec(width=2)}, "does not fit the network"),
        ({"probe": ProbeSpec(count=25)}, "probe count 25: the test images of data 'toy' are 24"),
        ({"data": "none.h5"}, r"none\.h5 does not exist"),
        ({"device": "abacus"}, "device 'abacus'"),
        ({"threads": 0}, "threads 0: at least 1"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(files, tmp_path, changes, message):
    folder, _ = files
    options = {
        "run": run_spec(),
        "checkpoint": "final",
        "weights": folder / "model.safetensors",
        "probe": ProbeSpec(),
        "data": folder / "data.h5",
        "output": tmp_path / "store.h5",
        "device": "cpu",
    } | changes
    with pytest.raises(InputError, match=message):
        extract(**options)
    assert list(tmp_path.iterdir()) == []


def test_weights_of_another_run_are_refused(files, tmp_path):
    folder, model = files
    other = {**METADATA, "run": run_spec(seed=3).as_json()}
    save_weights(model, tmp_path / "model.safetensors", other)
    done = command(folder, tmp_path / "store.h5", weights=tmp_path / "model.safetensors")
    assert done.returncode == 1
    assert "is of seed 3 where it should be of 2" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "store.h5").exists()


def test_network_has_its_own_number_of_classes(files, tmp_path):
    folder, _ = files
    model = build_model(NetworkSpec(), 8, 1, 7, (3, 8, 8), seed=5)
    save_weights(model, tmp_path / "model.safetensors", {**METADATA, "classes": "7"})
    extract(
        run_spec(),
        "final",
        tmp_path / "model.safetensors",
        ProbeSpec(components=2),
        folder / "data.h5",
        tmp_path / "store.h5",
        device="cpu",
    )
    with ActivationStore(tmp_path / "store.h5") as store:
        assert store.logits.shape == (24, 7)
        assert store.classes == ("a", "b", "c")


def test_weights_named_in_the_spec_are_not_looked_for(files, tmp_path):
    folder, _ = files
    extract(
        run_spec(weights="gone.safetensors"),
        "final",
        folder / "model.safetensors",
        ProbeSpec(components=2),
        folder / "data.h5",
        tmp_path / "store.h5",
        device="cpu",
    )
    assert (tmp_path / "store.h5").exists()


def test_accuracies_that_are_unknown_are_nan():
    state = training_state({}, "x.safetensors")
    assert (state["epoch"], state["step"]) == (0, 0)
    assert np.isnan(state["train_accuracy"])
    assert np.isnan(state["test_accuracy"])
    with pytest.raises(InputError, match=r"x\.safetensors: metadata step is 'many', not a number"):
        training_state({"step": "many"}, "x.safetensors")


def test_network_of_any_size_takes_images_of_other_data(files, tmp_path):
    folder, _ = files
    data = write_data(tmp_path / "small.h5", "small", side=6)
    extract(
        run_spec(),
        "final",
        folder / "model.safetensors",
        ProbeSpec(components=2),
        data,
        tmp_path / "store.h5",
        device="cpu",
    )
    with ActivationStore(tmp_path / "store.h5") as store:
        assert store.data == "small"
        assert store.layers[0].shape == (3, 6, 6)


def test_images_that_a_network_of_one_size_cannot_take_are_refused_in_one_line(tmp_path):
    model = build_model(NetworkSpec(family="mlp"), 3, 1, 3, (3, 8, 8), seed=5)
    save_weights(model, tmp_path / "model.safetensors", METADATA)
    arguments = (tmp_path / "model.safetensors", ProbeSpec(components=2))
    output = tmp_path / "store.h5"
    run = run_spec(depth=3, family="mlp")
    small = write_data(tmp_path / "small.h5", "small", side=6)
    with pytest.raises(
        InputError, match=r"size of those of data 'toy': those of data 'small' are 3x6x6"
    ) as caught:
        extract(run, "final", *arguments, small, output, device="cpu")
    assert "\n" not in str(caught.value)
    assert not output.exists()
    extract(run, "final", *arguments, write_data(tmp_path / "toy.h5"), output, device="cpu")
    assert output.exists()


def test_weights_that_do_not_fit_are_not_laid_to_images_of_the_same_data(files, tmp_path):
    folder, _ = files
    with pytest.raises(InputError, match="does not fit the network") as caught:
        extract(
            run_spec(depth=3, family="mlp"),
            "final",
            folder / "model.safetensors",
            ProbeSpec(),
            folder / "data.h5",
            tmp_path / "store.h5",
            device="cpu",
        )
    assert "size" not in str(caught.value)
