"""Activations as rows: one row a position of an image, one column a unit."""

import torch
from torch import Tensor

from repatlas.units.layers import units_and_positions


def unit_rows(output: Tensor, layer: str) -> Tensor:
    """Rows (b p, c) of a batch, image by image, as float32 in memory of their own.

    "Convergent Learning" takes a channel as one unit that is seen at all positions of its map;
    `repatlas.units.layers.units_and_positions` says what units and positions are.

    Parameters
    ----------
    output
        (b, c, h, w), whose positions are taken row by row, (b, t, c) or (b, c).
    layer
        What messages call the layer.

    Raises
    ------
    InputError
        Any other shape.
    """
    units, _ = units_and_positions(layer, tuple(output.shape[1:]))
    moved = output.detach().movedim(1, -1) if output.ndim == 4 else output.detach()
    rows = moved.reshape(-1, units)
    # A later module may overwrite what the network itself holds.
    return rows.to(torch.float32, copy=rows.data_ptr() == moved.data_ptr())


def by_image(rows: Tensor, images: int) -> Tensor:
    """Rows (b p, c) as (b, p, c).

    Raises
    ------
    ValueError
        The rows are not as many for every image.
    """
    if len(rows) % images:
        raise ValueError(f"{len(rows)} rows are no whole number of rows for {images} images")
    return rows.reshape(images, -1, rows.shape[1])
