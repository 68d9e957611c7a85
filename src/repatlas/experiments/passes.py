"""Forward passes that begin in the middle, and layers that put out something else."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor, nn

from repatlas.errors import InputError
from repatlas.networks.model import Model

Edit = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Step:
    """One of the modules that a network applies one after the other.

    Attributes
    ----------
    path
        As in the names of its layers.
    module
        What is applied.
    """

    path: str
    module: nn.Module

    def holds(self, layer: str) -> bool:
        """Whether a layer of that name lies in it."""
        path = layer.partition("#")[0]
        return path == self.path or path.startswith(f"{self.path}.")


def steps_of(model: Model) -> list[Step]:
    """Modules whose composition is the network, as finely as its ``Sequential`` parts tell."""
    return [Step("input", model.input), *_parts("", model.body)]


def _parts(path: str, module: nn.Module) -> Iterator[Step]:
    if type(module).forward is not nn.Sequential.forward:
        yield Step(path or "body", module)
        return
    # named_children would leave out a module that is used twice.
    for name, child in module._modules.items():
        if child is not None:
            yield from _parts(f"{path}.{name}" if path else name, child)


def first_step(steps: Sequence[Step], layer: str) -> int:
    """Place of the first step that holds a layer."""
    return next(number for number, step in enumerate(steps) if step.holds(layer))


def apply(steps: Sequence[Step], x: Tensor) -> Tensor:
    """Run a part of a network; ``x`` stays as it is."""
    x = x.clone()  # a module may work in place
    for step in steps:
        x = step.module(x)
    return x


@contextmanager
def replaced(model: nn.Module, edits: Mapping[str, Edit]) -> Iterator[None]:
    """Let layers put out something else during one forward pass inside the block.

    Parameters
    ----------
    model
        Its hooks are removed at the end, whatever happens.
    edits
        What becomes of the output, by the name of the layer. The k-th use of a module is counted
        from the first module that runs inside the block.

    Raises
    ------
    InputError
        In the pass: a layer whose output is more than one tensor.
    """
    modules = {name.removeprefix("body."): module for name, module in model.named_modules()}
    by_module: dict[str, dict[int, Edit]] = defaultdict(dict)
    for name, edit in edits.items():
        path, _, use = name.partition("#")
        by_module[path][int(use or 1)] = edit
    handles = [
        modules[path].register_forward_hook(_hook(path, uses)) for path, uses in by_module.items()
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _hook(path: str, uses: Mapping[int, Edit]) -> Callable[[nn.Module, object, object], object]:
    calls = 0

    def hook(module: nn.Module, inputs: object, output: object) -> object:
        nonlocal calls
        calls += 1
        if calls not in uses:
            return None
        if not isinstance(output, Tensor):
            raise InputError(f"layer {path}: its output is not one tensor and cannot be replaced")
        return uses[calls](output)

    return hook
