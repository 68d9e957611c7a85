"""The layers of any network: listed, and captured during a forward pass.

A layer is the output of a module inside which no other module was called: a convolution, a
rectifier, but also an attention module that calls functions only. Outputs are counted in the
order in which they arise. Operations written as plain functions in the code of an imported
network (``out += identity``, ``F.relu``) belong to no module and are no layers.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from repatlas.networks.layer_table import Layer
from repatlas.networks.model import Standardise
from repatlas.networks.modes import evaluation_mode
from repatlas.networks.operations import Add

EXAMPLES = 5
"""Images of the pass that lists the layers: a number that is hardly the size of anything else."""

KINDS: tuple[tuple[str, tuple[type[nn.Module], ...]], ...] = (
    ("input", (Standardise,)),
    ("conv", (nn.modules.conv._ConvNd,)),
    ("bn", (nn.modules.batchnorm._BatchNorm,)),
    ("relu", (nn.ReLU,)),
    ("add", (Add,)),
    ("flatten", (nn.Flatten,)),
    ("linear", (nn.Linear,)),
)

Callback = Callable[[int, str, Tensor], None]


@contextmanager
def capture(model: nn.Module, callback: Callback) -> Iterator[None]:
    """Call ``callback(index, name, output)`` for every layer of each forward pass of the block.

    Index and name are those of `layer_table`; every pass begins again at 0. The output (b, ...)
    is the network's own tensor: a later module may overwrite it, so use it inside the callback
    and clone what is to be kept.

    Parameters
    ----------
    model
        Called with the batch as its first argument. Its mode and gradients are left as they are.
    callback
        What it raises ends the pass and is passed on. The hooks are always removed.
    """
    walk = _Walk(model, lambda index, name, module, output: callback(index, name, output))
    try:
        yield
    finally:
        walk.remove()


def layer_table(model: nn.Module, example_shape: tuple[int, ...]) -> list[Layer]:
    """Layers of a network in forward order, found by running it once in evaluation mode.

    Left out are outputs that hold no tensor of floats with one row an example; of a tuple, list
    or dict the first tensor counts.

    A module, or one it stands in, may carry an integer ``stage``, which holds for all inside; one
    with ``block_output = True`` marks the last layer inside it as the output of a block.

    Parameters
    ----------
    model
        Network on any device; its training mode is restored.
    example_shape
        Shape of one input image, such as (3, 32, 32).
    """
    found: list[tuple[str, nn.Module, tuple[int, ...]]] = []
    walk = _Walk(
        model, lambda _, name, module, output: found.append((name, module, tuple(output.shape[1:])))
    )
    device = next((value.device for value in model.state_dict().values()), torch.device("cpu"))
    try:
        with evaluation_mode(model), torch.no_grad():
            model(torch.full((EXAMPLES, *example_shape), 0.5, device=device))
    finally:
        walk.remove()
    stages = module_stages(model)
    return [
        Layer(name, kind(module), stages[module], index in walk.outputs, shape, math.prod(shape))
        for index, (name, module, shape) in enumerate(found)
    ]


def kind(module: nn.Module) -> str:
    """Kind of a layer: one of the common words, else the name of the class in lower case."""
    for word, classes in KINDS:
        if isinstance(module, classes):
            return word
    name = type(module).__name__.lower()
    return "pool" if "pool" in name else name


def module_stages(model: nn.Module) -> dict[nn.Module, int]:
    """Stage of every module: its own, else that of what it stands in, else 0."""
    stages = {"": 0}
    by_module: dict[nn.Module, int] = {}
    for name, module in model.named_modules():
        own = getattr(module, "stage", None)
        inherited = stages[name.rpartition(".")[0]]
        stages[name] = own if type(own) is int else inherited
        by_module[module] = stages[name]
    return by_module


@dataclass
class _Call:
    """A module being called."""

    first_layer: int
    calls_inside: int = 0


@dataclass
class _Walk:
    """Hooks on every module that follow forward passes and number the layers.

    The one whose hooks see a module called with none called inside it has found a layer.
    """

    model: nn.Module
    on_layer: Callable[[int, str, nn.Module, Tensor], None]
    outputs: set[int] = field(default_factory=set)
    """Indices of the layers that are the output of a block."""

    def __post_init__(self) -> None:
        self._names = {
            module: name.removeprefix("body.") for name, module in self.model.named_modules()
        }
        self._handles = []
        for module in self._names:
            self._handles.append(module.register_forward_pre_hook(self._enter))
            self._handles.append(module.register_forward_hook(self._leave))
        self._start(0)

    def remove(self) -> None:
        for handle in self._handles:
            handle.remove()

    def _start(self, batch: int) -> None:
        self._batch = batch
        self._open: list[_Call] = []
        self._uses: Counter[str] = Counter()
        self._index = 0

    def _enter(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        if module is self.model:
            self._start(len(inputs[0]))
        if self._open:
            self._open[-1].calls_inside += 1
        self._open.append(_Call(self._index))

    def _leave(self, module: nn.Module, inputs: tuple[Any, ...], output: object) -> None:
        call = self._open.pop()
        if call.calls_inside == 0:
            self._layer(module, output)
        if getattr(module, "block_output", False) is True and self._index > call.first_layer:
            self.outputs.add(self._index - 1)

    def _layer(self, module: nn.Module, output: object) -> None:
        tensor = _first_tensor(output)
        if tensor is None or not tensor.is_floating_point():
            return
        if tensor.dim() == 0 or len(tensor) != self._batch:
            return
        name = self._names[module]
        self._uses[name] += 1
        if self._uses[name] > 1:
            name = f"{name}#{self._uses[name]}"
        self._index += 1
        self.on_layer(self._index - 1, name, module, tensor)


def _first_tensor(output: object) -> Tensor | None:
    if isinstance(output, Tensor):
        return output
    if isinstance(output, Mapping):
        output = tuple(output.values())
    if isinstance(output, list | tuple):
        return next((part for part in output if isinstance(part, Tensor)), None)
    return None
