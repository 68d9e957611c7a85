"""How much work a whole study is: operations of all trainings, and room on disk."""

import functools
from dataclasses import dataclass

from repatlas.config.study import Study
from repatlas.data.spec import DataSpec
from repatlas.networks.build import hollow_model
from repatlas.networks.cost import Cost, network_cost
from repatlas.networks.spec import NetworkSpec
from repatlas.runs import run_table
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import checkpoint_names
from repatlas.workflow.needs import image_side, split_count

PASSES = 3
"""A training step costs three forward passes: the backward pass is two."""

SINGLE, HALF = 4, 2
"""Bytes of a number in weights and stores, and in raw activations."""

CLASSES = 10
"""Outputs of every network here: what their number costs is nothing beside the rest."""


@dataclass(frozen=True)
class Estimate:
    """The work of a study.

    Attributes
    ----------
    networks
        How many are trained.
    flops
        Floating-point operations of all trainings.
    weight_bytes
        Room for all weights and checkpoints.
    store_bytes
        Room for one activation store a network, on the probe set of the block-structure paper.
    """

    networks: int
    flops: float
    weight_bytes: float
    store_bytes: float

    def lines(self, rate: float, machine: str) -> list[str]:
        """The estimate in words.

        Parameters
        ----------
        rate
            Floating-point operations that a machine does in a second of training.
        machine
            Its name.
        """
        return [
            f"networks           {self.networks:,}",
            f"training           {self.flops:.2e} floating-point operations",
            f"                   {self.flops / rate / 3600:,.0f} hours of {machine}",
            f"weights            {self.weight_bytes / 2**30:,.0f} GiB",
            f"activation stores  {self.store_bytes / 2**30:,.0f} GiB",
        ]


def estimate(study: Study) -> Estimate:
    """Add up the work of every run of a study."""
    runs = run_table(study).runs
    probe = study.probes[study.block_structure.probe]
    flops = weights = stores = 0.0
    for run in runs:
        side = image_side(run.data_spec)
        spec = run.network_spec.model_copy(update={"weights": None})
        cost = _cost(spec.model_dump_json(by_alias=True), run.depth, run.width, side)
        recipe = run.training_spec
        flops += PASSES * cost.flops * split_count(run.data_spec, "train") * recipe.epochs
        weights += SINGLE * cost.parameters * (1 + len(checkpoint_names(recipe)))
        stores += _store_bytes(cost, probe, run.data_spec)
    return Estimate(len(runs), flops, weights, stores)


@functools.cache
def _cost(network: str, depth: int, width: int, side: int) -> Cost:
    spec = NetworkSpec.model_validate_json(network)
    shape = (3, side, side)
    return network_cost(hollow_model(spec, depth, width, CLASSES, shape), shape)


def _store_bytes(cost: Cost, probe: ProbeSpec, data: DataSpec) -> float:
    count = probe.count or split_count(data, "test")
    pairs = count * (min(count, probe.batch_size) - 1) / 2
    # Three norms of every example beside its coordinates on the components.
    examples = count * (3 + probe.components)
    raw = min(count, probe.raw_count or count) * cost.output_features if probe.raw_layers else 0
    return SINGLE * cost.layers * (pairs + examples) + HALF * raw
