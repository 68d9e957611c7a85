"""From a spec and a point of the grid to a network ready to be trained or read."""

from collections.abc import Sequence

import torch
from torch import nn

from repatlas.networks.alexnet import alexnet
from repatlas.networks.convnet import convnet
from repatlas.networks.imported import imported_network
from repatlas.networks.mlp import mlp
from repatlas.networks.model import Model, load_weights
from repatlas.networks.operations import he_normal
from repatlas.networks.resnet import resnet
from repatlas.networks.shake_shake import seed_noise, shake_shake
from repatlas.networks.spec import NetworkSpec, check_grid


def build_model(
    spec: NetworkSpec,
    depth: int,
    width: int,
    classes: int,
    input_shape: tuple[int, ...],
    mean: Sequence[float] = (0.0, 0.0, 0.0),
    sd: Sequence[float] = (1.0, 1.0, 1.0),
    seed: int = 0,
) -> Model:
    """Build a network on the CPU, initialised from ``seed`` and nothing else.

    No global generator is read or advanced. Weights named in the spec are loaded afterwards. The
    networks of this package are laid out channels-last, imported ones as they come.

    Parameters
    ----------
    depth, width
        Of the grid; 0 for imported networks.
    input_shape
        Shape (channels, height, width) of one image.
    mean, sd
        Per-channel statistics of the training images on the scale [0, 1].

    Raises
    ------
    InputError
        A depth, width or size of images the family cannot have, an import that fails, weights that
        do not fit.
    """
    check_grid(spec, depth, width)
    with torch.random.fork_rng(devices=[]):
        # Only the CPU's generator: torch.manual_seed would also set those of every GPU.
        torch.default_generator.manual_seed(seed)
        body = _body(spec, depth, width, classes, input_shape)
    if spec.family != "imported":
        he_normal(body, torch.Generator().manual_seed(seed))
        seed_noise(body, seed)
    model = Model(body, mean, sd, channels_last=spec.family != "imported")
    if spec.weights is not None:
        load_weights(model, spec.weights)
    return model


def hollow_model(
    spec: NetworkSpec, depth: int, width: int, classes: int, input_shape: tuple[int, ...]
) -> Model:
    """A network of tensors that have shapes but no values, to count what it is made of.

    Parameters and errors as for `build_model`; weights are not looked at.
    """
    check_grid(spec, depth, width)
    with torch.device("meta"):
        return Model(_body(spec, depth, width, classes, input_shape), channels_last=False)


def _body(
    spec: NetworkSpec, depth: int, width: int, classes: int, input_shape: tuple[int, ...]
) -> nn.Module:
    channels = input_shape[0]
    match spec.family:
        case "resnet":
            return resnet(depth, width, classes, channels, spec.residual, spec.shortcut_batch_norm)
        case "shake_shake":
            return shake_shake(depth, width, classes, channels, spec.shortcut_batch_norm)
        case "convnet":
            return convnet(depth, width, classes, channels)
        case "alexnet":
            return alexnet(width, classes, input_shape)
        case "mlp":
            return mlp(depth, width, classes, input_shape)
        case "imported":
            return imported_network(spec, classes, input_shape)
