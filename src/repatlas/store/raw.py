"""Which layers a study asks for by name, such as those whose activations are kept whole."""

import difflib
from collections.abc import Sequence

from repatlas.errors import InputError
from repatlas.networks.layer_table import Layer
from repatlas.store.spec import BLOCK_OUTPUTS


def raw_names(asked: Sequence[str], layers: Sequence[Layer]) -> tuple[str, ...]:
    """Names of the layers that `ProbeSpec.raw_layers` asks for; as `named_layers`."""
    return named_layers(asked, layers, "raw_layers")


def named_layers(asked: Sequence[str], layers: Sequence[Layer], option: str) -> tuple[str, ...]:
    """Names of the layers that a study asks for, in forward order, each once.

    Parameters
    ----------
    asked
        Names of layers; `repatlas.store.spec.BLOCK_OUTPUTS` stands for all block outputs.
    layers
        The layer table.
    option
        Where the study asks, for messages.

    Raises
    ------
    InputError
        No layer has that name, or the network marks no block output.
    """
    names = [layer.name for layer in layers]
    outputs = [layer.name for layer in layers if layer.block_output]
    wanted = set(outputs if BLOCK_OUTPUTS in asked else ())
    if BLOCK_OUTPUTS in asked and not outputs:
        raise InputError(
            f"{option}: the network marks no layer as a block output, so {BLOCK_OUTPUTS} names "
            "none; name the layers"
        )
    for name in asked:
        if name != BLOCK_OUTPUTS and name not in names:
            near = difflib.get_close_matches(name, names, n=3, cutoff=0) or names[:3]
            raise InputError(
                f"{option}: the network has no layer '{name}'; the nearest are {', '.join(near)}"
            )
        wanted.add(name)
    return tuple(name for name in names if name in wanted)
