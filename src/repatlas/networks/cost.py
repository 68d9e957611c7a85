"""What a network costs: floating-point operations of a pass, and weights."""

from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from repatlas.networks.layers import layer_table
from repatlas.networks.modes import evaluation_mode


class Cost(NamedTuple):
    """Cost of one network.

    Attributes
    ----------
    flops
        Floating-point operations of the forward pass of one image (a multiplication and an
        addition are two); convolutions and matrix products only.
    parameters
        Numbers in its state dict.
    layers
        Number of layers.
    output_features
        Activations of one image, over all block outputs.
    """

    flops: int
    parameters: int
    layers: int
    output_features: int


def network_cost(model: nn.Module, image_shape: tuple[int, ...]) -> Cost:
    """Count the operations of a network by running it once on two images.

    Parameters
    ----------
    model
        From uint8 images to logits, with values or hollow; its mode is left as it is.
    image_shape
        (channels, height, width).
    """
    layers = layer_table(model, image_shape)
    device = next((value.device for value in model.state_dict().values()), torch.device("cpu"))
    images = torch.zeros((2, *image_shape), dtype=torch.uint8, device=device)
    counter = FlopCounterMode(display=False)
    with evaluation_mode(model), torch.no_grad(), counter:
        model(images)
    return Cost(
        flops=counter.get_total_flops() // 2,
        parameters=sum(value.numel() for value in model.state_dict().values()),
        layers=len(layers),
        output_features=sum(layer.features for layer in layers if layer.block_output),
    )
