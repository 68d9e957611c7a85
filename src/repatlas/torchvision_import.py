"""Torchvision, also beside a torch without CUDA."""

from types import ModuleType


def import_torchvision() -> ModuleType:
    """Import torchvision, with its ``datasets`` and ``models``.

    torchvision built for CUDA does not import beside a CPU-only torch, because the schemas of
    its compiled operators are absent ("operator torchvision::nms does not exist"). Two empty
    schemas are enough for everything but these operators, which nothing here calls. The plain
    import is tried first, so a matching pair of builds is left alone.
    """
    import torch

    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in ("nms", "qnms"):
            torch.library.define(
                f"torchvision::{name}",
                "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
            )
        import torchvision
    module: ModuleType = torchvision
    return module
