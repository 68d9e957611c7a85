"""A network with its input standardisation, and the file that holds its weights."""

import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from repatlas.errors import InputError
from repatlas.naming import excerpt
from repatlas.tensor_file import read_tensors, write_tensors


class Standardise(nn.Module):
    """Images to floats with mean 0 and standard deviation 1 in each channel.

    Parameters
    ----------
    mean, sd
        Per-channel statistics of the training images on the scale [0, 1]; 0 and 1 leave the
        pixels as they are.
    channels_last
        Memory format given to the output, whatever that of the input.
    """

    mean: Tensor
    sd: Tensor

    def __init__(
        self, mean: Sequence[float], sd: Sequence[float], channels_last: bool = True
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(-1, 1, 1))
        self.register_buffer("sd", torch.tensor(sd, dtype=torch.float32).view(-1, 1, 1))
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format

    def forward(self, x: Tensor) -> Tensor:
        """(b, c, h, w), uint8 or float in [0, 1], to (b, c, h, w) float32."""
        pixels = x.to(self.mean.dtype, memory_format=self.memory_format)
        if x.dtype == torch.uint8:
            pixels = pixels / 255
        return (pixels - self.mean) / self.sd


class Model(nn.Module):
    """Images in, logits out: ``input`` standardises, ``body`` is the network.

    Parameters
    ----------
    body
        Network from (b, c, h, w) floats to (b, classes) logits.
    mean, sd, channels_last
        See `Standardise`. Imported networks are given plain contiguous images, because a ``view``
        in their code may not understand any other.
    """

    def __init__(
        self,
        body: nn.Module,
        mean: Sequence[float] = (0.0, 0.0, 0.0),
        sd: Sequence[float] = (1.0, 1.0, 1.0),
        channels_last: bool = True,
    ) -> None:
        super().__init__()
        self.input = Standardise(mean, sd, channels_last)
        self.body = body
        if channels_last:
            for parameter in self.parameters():
                if parameter.dim() == 4:
                    parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)

    def forward(self, x: Tensor) -> Tensor:
        """(b, c, h, w), uint8 or float in [0, 1], to logits (b, classes)."""
        logits: Tensor = self.body(self.input(x))
        return logits


def save_weights(
    model: nn.Module, path: str | os.PathLike[str], metadata: Mapping[str, str]
) -> None:
    """Write a state dict and its metadata as safetensors, whole or not at all.

    The same weights and metadata give the same bytes.

    Raises
    ------
    OSError
        No space, no permission; no file is left behind.
    """
    write_tensors(path, _tensors(model), metadata)


def _tensors(module: nn.Module) -> dict[str, Tensor]:
    """Tensors of the state dict, sharing memory with the module."""
    return {name: value for name, value in module.state_dict().items() if torch.is_tensor(value)}


def load_weights(model: Model, path: str | os.PathLike[str]) -> None:
    """Read weights into a model, in place; nothing changes unless all of them fit.

    The file holds a whole model as `save_weights` writes it, or only the tensors of ``body``
    under the names of the network's own state dict: then the input statistics stay.

    Raises
    ------
    InputError
        No such file, not a safetensors file, a damaged one, or tensors that do not fit; one line
        names the first tensor that is mis-shaped, missing, unexpected, of another kind of number
        or not finite.
    """
    found = read_tensors(path)
    expected = _tensors(model)
    if not expected.keys() & found.keys():
        expected = _tensors(model.body)
    _check_fit(path, expected, found)
    with torch.no_grad():
        for name, value in expected.items():
            if name in found:
                value.copy_(found[name])


def _check_fit(
    path: str | os.PathLike[str], expected: Mapping[str, Tensor], found: Mapping[str, Tensor]
) -> None:
    shared = [(name, value, found[name]) for name, value in expected.items() if name in found]
    fault = next(filter(None, (_misfit(*one) for one in shared)), None)
    missing = [name for name in expected if name not in found and not _is_counter(name)]
    unexpected = [name for name in found if name not in expected]
    if fault is None and missing:
        fault = f"tensor {missing[0]} of the network is missing in the file"
        similar = difflib.get_close_matches(missing[0], unexpected, n=1) or unexpected[:1]
        fault += f", which has {excerpt(similar[0])} instead" if similar else ""
    elif fault is None and unexpected:
        fault = f"tensor {excerpt(unexpected[0])} of the file is unknown to the network"
    if fault is not None:
        counts = f"{len(missing)} missing, {len(unexpected)} unexpected"
        raise InputError(
            f"{Path(path)} does not fit the network: {fault} ({counts}); give the file of a "
            "network with the same family, depth, width, classes and arguments"
        )


def _misfit(name: str, value: Tensor, found: Tensor) -> str | None:
    """What keeps a tensor of a file from the place of that of the network, if anything."""
    if found.shape != value.shape:
        return (
            f"tensor {name} has shape {_shape(found)} in the file and {_shape(value)} in the "
            "network"
        )
    if value.is_floating_point() and not found.is_floating_point():
        # Copying would drop imaginary parts, and take the codes of quantised weights as weights.
        return f"tensor {name} holds {_kind(found)} in the file and {_kind(value)} in the network"
    if found.is_floating_point() and not found.float().isfinite().all():
        return f"tensor {name} holds NaN or infinity"
    return None


def _kind(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def _is_counter(name: str) -> bool:
    """Batch-norm's step counter, which other tools leave out and inference never reads."""
    return name.rpartition(".")[2] == "num_batches_tracked"


def _shape(value: Tensor) -> str:
    return "x".join(str(side) for side in value.shape) or "a single number"
