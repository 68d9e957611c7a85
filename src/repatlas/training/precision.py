"""float32 or bfloat16: decided by a short measurement on the network itself."""

import copy
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.nn import functional as F

from repatlas.training.examples import Examples
from repatlas.training.spec import Precision

Arithmetic = Literal["float32", "bfloat16"]

PROBE_IMAGES = 32
"""Images of a probe step on a CPU, where time grows with them alike in both arithmetics."""

PROBE_SECONDS = 0.8
FEWEST_PAIRS = 5
MOST_PAIRS = 9


@dataclass(frozen=True)
class PrecisionChoice:
    """The arithmetic of a training, why it was chosen, and what was measured.

    Attributes
    ----------
    float32_seconds, bfloat16_seconds
        Shortest time of a probe step; None where nothing was measured.
    """

    arithmetic: Arithmetic
    reason: str
    float32_seconds: float | None = None
    bfloat16_seconds: float | None = None


def mixed_precision(device: torch.device, arithmetic: Arithmetic) -> AbstractContextManager[object]:
    """Context of a forward pass: convolutions and the like in the arithmetic given.

    Weights, their gradients and their updates stay in float32.
    """
    enabled = arithmetic == "bfloat16"
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled)


def choose_precision(
    asked: Precision, model: nn.Module, examples: Examples, batch_size: int
) -> PrecisionChoice:
    """Decide on the arithmetic of a training; nothing of the measurement leaks into it.

    With ``auto``, forward and backward passes of a copy of the network are timed in both
    arithmetics in turn. bfloat16 is not even tried on a processor without instructions for it,
    where it can be hundreds of times slower.

    Measured on ResNet-56 and 1,000 photo patches: at learning rate 0.05 both arithmetics fit the
    training images (two seeds each: bfloat16 97.7 and 97.9 %, float32 98.9 and 98.2 %); at 0.1,
    nearly too high for that network, float32 still trained (86, 83 and 93 %) where bfloat16
    diverged in all of three seeds.
    """
    device = examples.labels.device
    if asked != "auto":
        return PrecisionChoice(asked, "asked for")
    if not has_bfloat16(device):
        return PrecisionChoice("float32", "no bfloat16 instructions here: not measured")
    count = min(batch_size, len(examples), PROBE_IMAGES if device.type == "cpu" else batch_size)
    sample = Examples(examples.images[:count], examples.labels[:count])
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        duplicate = copy.deepcopy(model)
        try:
            slow, fast = _time_both(duplicate, sample, device)
        except (RuntimeError, TypeError) as error:
            reason = " ".join(str(error).split())[:200]
            return PrecisionChoice("float32", f"the network fails in bfloat16: {reason}")
    return judge(slow, fast)


def judge(float32_seconds: float, bfloat16_seconds: float) -> PrecisionChoice:
    """Take bfloat16 only where it is faster.

    Where a processor has instructions for it, it is so by a fifth and more: a margin here would
    only bring the limit near to what is measured, and equal runs to different choices.
    """
    ratio = float32_seconds / bfloat16_seconds
    return PrecisionChoice(
        "bfloat16" if bfloat16_seconds < float32_seconds else "float32",
        f"measured: float32 takes {ratio:.2f} times as long as bfloat16",
        float32_seconds,
        bfloat16_seconds,
    )


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device has instructions of its own for bfloat16."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    # The only questions that PyTorch 2.6 to 2.13 all answer; absent ones count as a no.
    questions = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, question, bool)()) for question in questions)


def _time_both(model: nn.Module, sample: Examples, device: torch.device) -> tuple[float, float]:
    """Shortest seconds of a step in float32 and in bfloat16, the two taking turns.

    Other work on the machine can only lengthen a step, so that the shortest is the steadiest.
    """

    def timed(arithmetic: Arithmetic) -> float:
        return _timed(lambda: _step(model, sample, device, arithmetic), device)

    began = time.perf_counter()
    timed("float32")
    timed("bfloat16")
    pairs: list[tuple[float, float]] = []
    while len(pairs) < FEWEST_PAIRS or (
        len(pairs) < MOST_PAIRS and time.perf_counter() - began < PROBE_SECONDS
    ):
        pairs.append((timed("float32"), timed("bfloat16")))
    slows, fasts = zip(*pairs, strict=True)
    return min(slows), min(fasts)


def _step(model: nn.Module, sample: Examples, device: torch.device, arithmetic: Arithmetic) -> None:
    model.zero_grad()
    with mixed_precision(device, arithmetic):
        logits = model(sample.images)
    F.cross_entropy(logits.float(), sample.labels).backward()


def _timed(action: Callable[[], None], device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    began = time.perf_counter()
    action()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began
