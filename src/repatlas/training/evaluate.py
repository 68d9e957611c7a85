"""Loss and accuracy of a network as it stands."""

import torch
from torch import nn
from torch.nn import functional as F

from repatlas.networks.modes import evaluation_mode
from repatlas.training.examples import Examples
from repatlas.training.scores import Score

BATCH = 256


@torch.no_grad()
def evaluate(model: nn.Module, examples: Examples) -> Score:
    """Score a network in evaluation mode and float32, whatever it is trained in.

    Batch normalisation uses the statistics gathered in training. The network and every random
    generator are left as they are.
    """
    loss = torch.zeros((), dtype=torch.float64, device=examples.labels.device)
    right = torch.zeros((), dtype=torch.int64, device=examples.labels.device)
    with evaluation_mode(model):
        for images, labels in zip(
            examples.images.split(BATCH), examples.labels.split(BATCH), strict=True
        ):
            logits = model(images)
            loss += F.cross_entropy(logits, labels, reduction="sum")
            right += (logits.argmax(1) == labels).sum()
    return Score(loss.item() / len(examples), right.item() / len(examples))
