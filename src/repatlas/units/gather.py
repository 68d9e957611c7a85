"""Streams the probe images through a group of networks and gathers what their units do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.experiments.network import ProbedNetwork
from repatlas.store.layer_grams import require_finite
from repatlas.store.record import device_of, groups_within
from repatlas.units.accumulate import MomentAccumulator
from repatlas.units.binning import JointCounter, bin_edges
from repatlas.units.gathered import JointCounts, TopPatches, UnitLayer
from repatlas.units.layers import ChosenLayer
from repatlas.units.moments import UnitMoments
from repatlas.units.passes import unit_batches
from repatlas.units.receptive_field import Field, receptive_fields
from repatlas.units.spec import UnitsSpec
from repatlas.units.top import TopTracker

Edges = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class GatheredLayer:
    """What was gathered of a layer: fields as `repatlas.units.gathered.write_layer` takes them."""

    layer: UnitLayer
    moments: UnitMoments
    top: TopPatches
    joint: JointCounts | None


def gather(
    networks: Sequence[ProbedNetwork],
    layers: Sequence[ChosenLayer],
    spec: UnitsSpec,
    memory: int,
) -> Iterator[GatheredLayer]:
    """Gather layer by layer, in forward order.

    All layers are gathered in one pass over the images if there is memory for it, else one group
    of layers after the other. What comes out is the same.

    Parameters
    ----------
    networks
        Open, on one probe set.
    layers
        Whose units are gathered.
    spec
        What is gathered.
    memory
        Bytes of working memory. A layer that needs more is a group of its own.

    Raises
    ------
    InputError
        A network that gives no finite numbers.
    """
    edges = information_edges(networks, layers[: spec.information_layers], spec)
    fields = _fields(networks[0], layers)
    needed = [
        _needed_bytes(layer, networks[0], spec, counted=layer.name in edges) for layer in layers
    ]
    for group in groups_within(needed, memory):
        members = [layers[place] for place in group]
        gatherers = {
            layer.name: _Gatherer(layer, spec, edges.get(layer.name), networks[0])
            for layer in members
        }
        for batch in unit_batches(networks, gatherers):
            for name, gatherer in gatherers.items():
                gatherer.add(batch.rows.pop(name), batch.images, batch.start)
        for layer in members:
            yield gatherers.pop(layer.name).gathered(fields[layer.name])


def information_edges(
    networks: Sequence[ProbedNetwork], layers: Sequence[ChosenLayer], spec: UnitsSpec
) -> dict[str, Edges]:
    """Edges (U, b - 2) of the bins of units by layer, from the first rows of the probe set."""
    if not layers:
        return {}
    rows = spec.information_rows
    images = max(-(-rows // (layer.positions[0] * layer.positions[1])) for layer in layers)
    found: dict[str, list[NDArray[np.floating]]] = {layer.name: [] for layer in layers}
    for batch in unit_batches(networks, found, images):
        for name, parts in found.items():
            missing = rows - sum(map(len, parts))
            stacked = torch.cat([own[:missing] for own in batch.rows[name]], dim=1)
            parts.append(stacked.cpu().numpy())
    return {
        name: bin_edges(np.concatenate(parts), spec.information_bins)
        for name, parts in found.items()
    }


class _Gatherer:
    """Everything of one layer."""

    def __init__(
        self, layer: ChosenLayer, spec: UnitsSpec, edges: Edges | None, network: ProbedNetwork
    ) -> None:
        device = device_of(network.model)
        self._layer = layer
        self._moments = MomentAccumulator(layer.units, spec.seed)
        self._top = TopTracker(sum(layer.units), spec.patches, device)
        self._joint = None if edges is None else JointCounter(edges, device)

    def add(self, rows: Sequence[Tensor], images: int, start: int) -> None:
        self._moments.add(rows, images, start)
        require_finite(self._moments.squares, self._layer.name)
        self._top.add(rows, images, start)
        if self._joint is not None:
            self._joint.add(rows)

    def gathered(self, field: Field) -> GatheredLayer:
        layer = self._layer
        return GatheredLayer(
            UnitLayer(
                name=layer.name,
                title=layer.title,
                units=layer.units,
                positions=layer.positions,
                field_size=field.size,
                field_stride=field.stride,
                field_start=field.start,
            ),
            self._moments.moments(),
            self._top.top(layer.positions[1]),
            None if self._joint is None else self._joint.counts(),
        )


def _fields(network: ProbedNetwork, layers: Sequence[ChosenLayer]) -> dict[str, Field]:
    """Receptive field of each layer: the whole image where there is none."""
    shape = network.probe.images.shape[1:]
    maps = {layer.name: layer.shape for layer in layers if len(layer.shape) == 3}
    found = receptive_fields(network.model, shape, maps)
    whole = Field(size=max(shape[1:]), stride=0.0, start=0.0)
    return {layer.name: found.get(layer.name, whole) for layer in layers}


def _needed_bytes(
    layer: ChosenLayer, network: ProbedNetwork, spec: UnitsSpec, counted: bool
) -> int:
    """Memory of a layer, about: its sums, a copy of them at the end, and a batch of rows."""
    units = sum(layer.units)
    rows = network.probe.spec.batch_size * layer.positions[0] * layer.positions[1]
    bins = spec.information_bins * units if counted else 0
    return 2 * 8 * (3 * units**2 + bins**2) + 2 * 4 * rows * units
