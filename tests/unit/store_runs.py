"""Files of a small run, from which stores are extracted."""

import dataclasses

import numpy as np
from store_samples import split

from repatlas.data.dataset import Dataset, write_dataset
from repatlas.data.spec import DataSpec
from repatlas.networks.build import build_model
from repatlas.networks.model import save_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.training.spec import RunSpec, TrainingSpec

METADATA = {"epoch": "7", "step": "70", "train_accuracy": "0.875", "test_accuracy": "0.5"}
IMAGES, SIDE = 24, 8


def run_spec(depth=8, width=1, seed=2, **options):
    """A residual network, or another if the options say so."""
    return RunSpec(
        data="toy",
        training="standard",
        network="resnet",
        depth=depth,
        width=width,
        seed=seed,
        order=2,
        data_spec=DataSpec(),
        network_spec=NetworkSpec(**options),
        training_spec=TrainingSpec(epochs=7),
    )


def write_data(path, name="toy", side=SIDE):
    """Write a data set of 24 training and 24 test images."""
    train, test = (split(IMAGES, side=side, seed=seed) for seed in (0, 1))
    train = dataclasses.replace(train, ids=np.char.replace(train.ids, "test", "train"))
    parts = [
        dataclasses.replace(part, statistics={"brightness": np.zeros(IMAGES, np.float32)})
        for part in (train, test)
    ]
    write_dataset(Dataset(name, DataSpec(), ("a", "b", "c"), *parts), path)
    return path


def write_run(folder):
    """Write ``data.h5`` and ``model.safetensors`` of `run_spec`, and give the network."""
    write_data(folder / "data.h5")
    model = build_model(
        NetworkSpec(), 8, 1, 3, (3, SIDE, SIDE), (0.4, 0.5, 0.6), (0.2, 0.2, 0.2), seed=5
    )
    save_weights(model, folder / "model.safetensors", METADATA)
    return model
