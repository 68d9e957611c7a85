"""Passes of a group of networks over the images of a probe set, which gather rows of units."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from repatlas.experiments.network import ProbedNetwork
from repatlas.networks.layers import capture
from repatlas.store.batch_statistics import chosen_statistics
from repatlas.store.progress import Progress
from repatlas.store.record import device_of
from repatlas.units.rows import unit_rows


@dataclass(frozen=True, eq=False)
class UnitBatch:
    """What the networks do with a batch of images.

    Attributes
    ----------
    start
        Place of the first image in the probe set.
    images
        Number of images.
    rows
        By the name of a layer, for each network its rows (images x positions, units).
    """

    start: int
    images: int
    rows: dict[str, list[Tensor]]


def unit_batches(
    networks: Sequence[ProbedNetwork], names: Collection[str], images: int | None = None
) -> Iterator[UnitBatch]:
    """Run all networks on the batches of their probe set, one batch after the other.

    Parameters
    ----------
    networks
        Open, on one probe set.
    names
        Layers whose rows are wanted.
    images
        Number of images after which the pass may end; None: all.
    """
    probe = networks[0].probe
    batches = [rows for rows in probe.batches if images is None or rows[0] < images]
    progress = Progress(len(batches), "batches")
    for number, (start, stop) in enumerate(batches, 1):
        batch = UnitBatch(start, stop - start, {name: [] for name in names})
        for network in networks:
            _run(network, batch)
        yield batch
        progress.tell(number)


def _run(network: ProbedNetwork, batch: UnitBatch) -> None:
    """Add the rows of one network."""

    def keep(index: int, name: str, output: Tensor) -> None:
        if name in batch.rows:
            batch.rows[name].append(unit_rows(output, name))

    model, choice = network.model, network.probe.spec.batch_norm
    pixels = network.probe.images[batch.start : batch.start + batch.images]
    with capture(model, keep), chosen_statistics(model, choice, [(0, batch.images)]):
        model(torch.from_numpy(pixels).to(device_of(model)))
