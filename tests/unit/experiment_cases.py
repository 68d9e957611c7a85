"""A small run with its store and similarity file, for the tests of the experiments."""

from dataclasses import dataclass
from pathlib import Path

import torch
from store_runs import METADATA, run_spec, write_data
from torch import nn

from repatlas.experiments.network import NetworkInputs
from repatlas.networks.build import build_model
from repatlas.networks.model import Model, save_weights
from repatlas.similarity.files import compare_stores
from repatlas.store.extract import extract
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import RunSpec

PROBE = ProbeSpec(batch_size=8, components=3)


@dataclass(frozen=True)
class Case:
    """Files of a run and the network that they hold."""

    folder: Path
    run: RunSpec
    model: Model

    @property
    def store(self) -> Path:
        return self.folder / "store.h5"

    @property
    def similarity(self) -> Path:
        return self.folder / "similarity.h5"

    def inputs(self, **changes) -> NetworkInputs:
        given = {
            "run": self.run,
            "weights": self.folder / "model.safetensors",
            "probe": PROBE,
            "data": self.folder / "data.h5",
            "device": "cpu",
        }
        return NetworkInputs(**given | changes)

    def options(self, **changes) -> list[str]:
        """Words of a command line that names the run, its probe set and what was measured."""
        given = {
            "run": self.run.as_json(),
            "checkpoint": "final",
            "weights": self.folder / "model.safetensors",
            "probe": PROBE.model_dump_json(),
            "data": self.folder / "data.h5",
            "store": self.store,
            "similarity": self.similarity,
            "device": "cpu",
        } | changes
        return [str(word) for name, value in given.items() for word in (f"--{name}", value)]


def make_case(folder: Path, measured: bool = True, depth: int = 8, **network) -> Case:
    """Write a data set of 24 and 24 images and a random network, and measure its layers."""
    run = run_spec(depth=depth, **network)
    write_data(folder / "data.h5")
    model = random_network(run)
    save_weights(model, folder / "model.safetensors", METADATA)
    case = Case(folder, run, model)
    if measured:
        weights, data = folder / "model.safetensors", folder / "data.h5"
        extract(run, "final", weights, PROBE, data, case.store, device="cpu")
        compare_stores([case.store], "within", case.similarity)
    return case


def random_network(run: RunSpec) -> Model:
    """A network whose batch normalisations do something."""
    model = build_model(
        run.network_spec, run.depth, run.width, 3, (3, 8, 8), (0.4, 0.5, 0.6), (0.2, 0.2, 0.2), 5
    )
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            nn.init.normal_(module.bias, 0, 0.3, generator=generator)
    return model.eval()
