"""Which part of an image a position of a layer sees, measured by gradients.

Every network has gradients, so that this asks nothing of its code. What may hide a part of a field
is opened: rectifiers let everything pass and poolings that choose take averages. The image is
larger than the network's own, so that the border does not cut a field in its middle.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from repatlas.networks.layers import capture
from repatlas.store.record import device_of

ENLARGED = 3
"""The image of the measurement is so many times as large as the network's own."""

IMAGES = 2
"""Random images for each position: one may hide what another shows."""


@dataclass(frozen=True)
class Field:
    """A receptive field in pixels along a side of an image.

    Attributes
    ----------
    size
        Its side.
    stride
        Step from one position to the next.
    start
        Place of the first edge of the field of the first position, negative where it is padded.
    """

    size: int
    stride: float
    start: float


def receptive_fields(
    model: nn.Module, image_shape: tuple[int, ...], maps: Mapping[str, tuple[int, ...]]
) -> dict[str, Field]:
    """Receptive fields of layers that put out maps.

    Of a field that is not square the longer side counts. Left out are layers whose field does not
    fit into the image of the measurement, and those whose positions do not follow those of the
    image: behind a pooling to a fixed size, and all layers of a network that takes images of one
    size only.

    Parameters
    ----------
    model
        From images to logits, in evaluation mode; it is left as it is.
    image_shape
        (channels, height, width) of its images.
    maps
        By the names of the layers, in forward order, the shapes (c, h, w) of their outputs for
        such an image.
    """
    if not maps:
        return {}
    last = list(maps)[-1]
    probes: dict[str, _Probe] = {}

    def keep(index: int, name: str, output: Tensor) -> None:
        if name in maps and _follows(tuple(output.shape), maps[name]):
            probes[name] = _Probe.of(output)
        if name == last:
            raise _AllSeenError

    with torch.inference_mode(False), torch.enable_grad(), _opened(model):
        images = _images(image_shape).to(device_of(model)).requires_grad_()
        # Without gradients of its own no weight makes autograd keep what a layer takes in.
        weights = {name: value.detach() for name, value in model.named_parameters()}
        # Whatever comes after the last map, the code of a network may refuse images of this size.
        with suppress(Exception), capture(model, keep):
            functional_call(model, weights, (images,))
        fields = {name: _measure(probe, images) for name, probe in probes.items()}
    return {name: field for name, field in fields.items() if field is not None}


class _AllSeenError(Exception):
    """Ends a forward pass."""


@dataclass(frozen=True)
class _Probe:
    """What the middle of a layer puts out, as a scalar whose gradient shows the fields.

    The first half of the images is asked at ``position`` on either axis, the other at the next.
    """

    value: Tensor
    position: int

    @classmethod
    def of(cls, output: Tensor) -> Self:
        first = min(output.shape[2:]) // 2 - 1
        second = first + 1
        # A plain sum over channels would be blind to layers that normalise over them.
        weights = torch.rand(output.shape[1], generator=_generator()).to(output)
        here = output[:IMAGES, :, first, first] @ weights
        there = output[IMAGES:, :, second, second] @ weights
        return cls(here.sum() + there.sum(), first)


def _follows(shape: tuple[int, ...], own: tuple[int, ...]) -> bool:
    """Whether a map (b, c, h, w) has grown with the image, and has two positions or more."""
    return len(shape) == 4 and all(
        side >= max(2, (ENLARGED - 1) * before)
        for side, before in zip(shape[2:], own[1:], strict=True)
    )


def _images(image_shape: tuple[int, ...]) -> Tensor:
    channels, height, width = image_shape
    shape = 2 * IMAGES, channels, ENLARGED * height, ENLARGED * width
    return torch.rand(shape, generator=_generator())


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _measure(probe: _Probe, images: Tensor) -> Field | None:
    """The field of a layer along its longer axis; None where the border cuts it."""
    (gradient,) = torch.autograd.grad(probe.value, images, retain_graph=True)
    seen = (gradient != 0).unflatten(0, (2, IMAGES)).any(dim=2).any(dim=1)
    fields = [_along(seen.any(dim=axis), probe.position) for axis in (2, 1)]
    if any(field is None for field in fields):
        return None
    return max(filter(None, fields), key=lambda field: field.size)


def _along(seen: Tensor, position: int) -> Field | None:
    """The field from the pixels (2, side) that two positions in succession see along an axis."""
    edges = []
    for pixels in seen:
        places = pixels.nonzero().flatten().tolist()
        if not places or places[0] == 0 or places[-1] == len(pixels) - 1:
            return None
        edges.append((places[0], places[-1]))
    (first, last), (second, _) = edges
    stride = second - first
    return Field(last - first + 1, float(stride), float(first - position * stride))


@contextmanager
def _opened(model: nn.Module) -> Iterator[None]:
    """Let every pixel through that a layer may look at."""
    opened = [module for module in model.modules() if isinstance(module, tuple(OPEN))]
    for module in opened:
        # An attribute of the instance goes before the method of its class, and hooks still run.
        module.forward = next(
            make(module) for kind, make in OPEN.items() if isinstance(module, kind)
        )
    try:
        yield
    finally:
        for module in opened:
            del module.forward


def _average(module: nn.MaxPool2d) -> Callable[[Tensor], Tensor]:
    if module.dilation not in (1, (1, 1)):
        return module.forward
    return lambda x: F.avg_pool2d(
        x, module.kernel_size, module.stride, module.padding, module.ceil_mode
    )


def _pass(module: nn.Module) -> Callable[[Tensor], Tensor]:
    # A clone, since the module after it may work in place.
    return lambda x: x.clone()


OPEN: dict[type[nn.Module], Callable[[Any], Callable[[Tensor], Tensor]]] = {
    nn.ReLU: _pass,
    nn.ReLU6: _pass,
    nn.MaxPool2d: _average,
}
