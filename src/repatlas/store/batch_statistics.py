"""Batch normalisation with the statistics of the probe batches."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from repatlas.errors import InputError
from repatlas.store import spec

BatchNorm = nn.modules.batchnorm._BatchNorm


def chosen_statistics(
    model: nn.Module, choice: spec.BatchNorm, batches: Sequence[tuple[int, int]]
) -> AbstractContextManager[None]:
    """`batch_statistics`, or nothing, as `ProbeSpec.batch_norm` asks for."""
    return batch_statistics(model, batches) if choice == "batch" else nullcontext()


@contextmanager
def batch_statistics(model: nn.Module, batches: Sequence[tuple[int, int]]) -> Iterator[None]:
    """Let every batch normalisation use the statistics of each batch, and keep none of them.

    One forward pass then gives what a pass of its own in training mode gives each batch, while
    everything else, such as dropout, stays as it is. The running statistics are neither read nor
    changed.

    Parameters
    ----------
    model
        Its forward passes inside the block are about the examples of ``batches``.
    batches
        Rows (start, stop) of each batch among those examples, in order and without gaps.
    """
    modules = [module for module in model.modules() if isinstance(module, BatchNorm)]
    for module in modules:
        # An attribute of the instance goes before the method of its class, and hooks still run.
        module.forward = _grouped(module, batches)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        for module in modules:
            del module.forward


def _grouped(module: BatchNorm, batches: Sequence[tuple[int, int]]) -> Callable[[Tensor], Tensor]:
    def forward(x: Tensor) -> Tensor:
        # A network may fold positions into the first axis: then an example has several rows.
        rows, left = divmod(len(x), batches[-1][1])
        if left or not rows:
            raise InputError(
                f"batch_norm: batch cannot be used with this network: a batch normalisation sees "
                f"{len(x)} rows for {batches[-1][1]} examples; use batch_norm: inference"
            )
        parts = [
            F.batch_norm(
                x[start * rows : stop * rows],
                None,
                None,
                module.weight,
                module.bias,
                training=True,
                eps=module.eps,
            )
            for start, stop in batches
        ]
        return torch.cat(parts) if len(parts) > 1 else parts[0]

    return forward
