"""Which layers of a network a figure draws, and where its stages and its block lie among them."""

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.figures.heatmap import LayerAxis
from repatlas.figures.inputs import COSINE, WITHOUT_COMPONENT, Map, Network, Similarities, describe
from repatlas.figures.spec import LayerChoice, LayerSet, Measure
from repatlas.similarity.block import Block, find_block, output_at
from repatlas.similarity.dominant import reference_layer

AXIS_LABELS: dict[LayerSet, str] = {
    "all": "layer",
    "relu": "ReLU output",
    "block_output": "block output",
}


def layers_drawn(network: Network, which: LayerSet) -> NDArray[np.intp]:
    """Indices of the layers of a set, ascending.

    Raises
    ------
    InputError
        The network has no such layer.
    """
    chosen = {
        "all": np.ones(network.size, dtype=bool),
        "relu": network.kinds == "relu",
        "block_output": network.block_outputs,
    }[which]
    if not chosen.any():
        raise InputError(f"{describe(network)} has no layer of the set {which}: draw all layers")
    return np.flatnonzero(chosen)


def block_of(similarities: Similarities, network: Network, measure: Measure) -> Block | None:
    """Largest block of a network, by this project's thresholds (`similarity.block`).

    They are about CKA: it is taken where heat maps show something else.
    """
    cka = _cka(similarities, network, measure)
    return find_block(network.shares, cka, network.block_outputs)


def reference_of(similarities: Similarities, network: Network, measure: Measure) -> int:
    """Layer on whose first component images are ranked (`similarity.dominant.reference_layer`).

    Raises
    ------
    InputError
        Every layer of the network is constant.
    """
    cka = _cka(similarities, network, measure)
    try:
        return reference_layer(network.shares, cka, network.block_outputs)
    except ValueError as error:
        raise InputError(f"{describe(network)} has no layer to rank images by: {error}") from None


def _cka(similarities: Similarities, network: Network, measure: Measure) -> Map:
    estimator = "cka_minibatch" if measure in (COSINE, WITHOUT_COMPONENT) else measure
    return similarities.values(estimator, network, network)


def layer_axis(network: Network, layers: NDArray[np.intp], block: Block | None = None) -> LayerAxis:
    """Axis of some layers of a network, with its stage borders and its block."""
    stages = network.stages[layers]
    borders = np.flatnonzero(stages[1:] != stages[:-1]) + 0.5
    span = None
    if block is not None:
        inside = np.flatnonzero((layers >= block.first) & (layers <= block.last))
        span = (float(inside[0]) - 0.5, float(inside[-1]) + 0.5) if inside.size else None
    return LayerAxis(layers, tuple(borders.tolist()), span)


def chosen_layers(network: Network, choice: LayerChoice, block: Block | None) -> list[int]:
    """Layers of a network that a choice names, in its order.

    Raises
    ------
    InputError
        An index that the network does not have, or a network without block outputs.
    """
    if choice.indices is not None:
        for index in choice.indices:
            if not 0 <= index < network.size:
                raise InputError(
                    f"--layout: layers.indices: {index} is no layer of {describe(network)}, "
                    f"whose layers are 0 to {network.size - 1}"
                )
        return list(choice.indices)
    outputs = tuple(np.flatnonzero(network.block_outputs).tolist())
    if not outputs:
        raise InputError(
            f"{describe(network)} has no block outputs: choose layers by indices in --layout"
        )
    if choice.block_quantiles is not None and block is not None:
        outputs = block.outputs
    return [output_at(outputs, fraction) for fraction in choice.fractions]
