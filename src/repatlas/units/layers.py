"""Which layers of a group of networks have their units gathered, and what readers call them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from repatlas.errors import InputError
from repatlas.networks.layer_table import Layer
from repatlas.store.raw import named_layers
from repatlas.units.spec import UnitsSpec

OPERATIONS = {"conv": "conv", "linear": "fc"}
"""Kinds of layers with weights, and what the layers behind them are called."""

DEFAULT_KINDS = (("relu",), tuple(OPERATIONS))
"""Kinds of the layers that are looked at; the second where a network has none of the first."""


@dataclass(frozen=True)
class ChosenLayer:
    """A layer that all networks have.

    Attributes
    ----------
    name, title
        In the layer table; and for readers: conv1, conv2, ..., fc1, ...
    shape
        Shape of the first network's output for one example.
    units
        Number of units of each network.
    positions
        (height, width) of the map: (1, 1) of a layer without one, (t, 1) of t tokens.
    """

    name: str
    title: str
    shape: tuple[int, ...]
    units: tuple[int, ...]
    positions: tuple[int, int]


def choose_layers(
    networks: Sequence[tuple[str, Sequence[Layer]]], spec: UnitsSpec
) -> list[ChosenLayer]:
    """The layers whose units are gathered, in forward order.

    Those that the spec names; else the outputs of all rectifiers; else, where there are none,
    the outputs of all convolutions and linear layers. They are called after the operation that
    stands before them, and numbered.

    Parameters
    ----------
    networks
        Title and layer table of each network; the first decides.
    spec
        What is gathered.

    Raises
    ------
    InputError
        A layer that is not there or has no units, or that is not the same in all networks.
    """
    (first, table), *others = networks
    names = _names(table, spec, first)
    for title, other in others:
        if _names(other, spec, title) != names:
            raise InputError(
                f"{first} and {title} have different layers: take networks of one kind and depth, "
                "or name layers that both have (units, layers)"
            )
    titles = _titles(table, names)
    return [_choose(name, titles[name], networks) for name in names]


def units_and_positions(layer: str, shape: tuple[int, ...]) -> tuple[int, tuple[int, int]]:
    """Number of units of a layer, and (height, width) of the positions at which each is seen.

    Maps (c, h, w) have c units at h x w positions, features (c,) have c units at one position,
    and tokens (t, c) have c units, each token being a position.

    Raises
    ------
    InputError
        Any other shape.
    """
    match shape:
        case (units, height, width):
            return units, (height, width)
        case (tokens, units):
            return units, (tokens, 1)
        case (units,):
            return units, (1, 1)
    sides = "x".join(str(side) for side in shape) or "a single number"
    raise InputError(
        f"layer {layer}: its output for an image is {sides}, which has no units; name layers that "
        "put out maps (channels, height, width), features (n) or tokens (t, n)"
    )


def _names(table: Sequence[Layer], spec: UnitsSpec, network: str) -> tuple[str, ...]:
    if spec.layers is not None:
        return named_layers(spec.layers, table, "units, layers")
    for kinds in DEFAULT_KINDS:
        names = tuple(layer.name for layer in table if layer.kind in kinds)
        if names:
            return names
    raise InputError(
        f"{network} has no rectifier, convolution or linear layer: name the layers whose units "
        "are looked at (units, layers)"
    )


def _titles(table: Sequence[Layer], names: Collection[str]) -> dict[str, str]:
    titles: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    operation = None
    for layer in table:
        operation = OPERATIONS.get(layer.kind, operation)
        if layer.name in names:
            title = operation or ("conv" if len(layer.shape) == 3 else "fc")
            numbers[title] += 1
            titles[layer.name] = f"{title}{numbers[title]}"
    return titles


def _choose(name: str, title: str, networks: Sequence[tuple[str, Sequence[Layer]]]) -> ChosenLayer:
    shapes = [next(layer.shape for layer in table if layer.name == name) for _, table in networks]
    units, positions = zip(*(units_and_positions(name, shape) for shape in shapes), strict=True)
    for (network, _), other in zip(networks, positions, strict=True):
        if other != positions[0]:
            raise InputError(
                f"layer {name} has maps of {_sides(positions[0])} in {networks[0][0]} and of "
                f"{_sides(other)} in {network}: take networks of one kind and depth"
            )
    return ChosenLayer(name, title, shapes[0], units, positions[0])


def _sides(positions: tuple[int, int]) -> str:
    return f"{positions[0]} x {positions[1]}"
