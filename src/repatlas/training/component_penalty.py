"""Principal-component regularisation: a price on layers that one direction dominates.

Nguyen, Raghu and Kornblith (2022), section 6 and Appendix G. Each regularised layer has a vector u,
an estimate of its first principal direction, and each step of training takes one step of power
iteration with the activations X of its batch (b, p), column-centred to Xc::

    v = Xc' Xc u,    lambda = ||v||,    u <- v / lambda
    penalty = strength * max(lambda / ||Xc||_F^2 - threshold, 0)

summed over layers and added to the loss. u is a constant to the gradient, which flows through
lambda and ||Xc||_F^2. As the paper writes it (threshold 0.2, ReLU outputs only) and not as its code
has it (threshold 0.1, outputs of residual additions too). Ours starts with a vector of norm 1; the
paper's has another norm, so that its first lambda is mis-scaled.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from repatlas.errors import InputError
from repatlas.networks.layer_table import Layer
from repatlas.networks.layers import layer_table
from repatlas.networks.model import Model
from repatlas.training.seeds import stream_generator
from repatlas.training.spec import ComponentPenalty

CONSTANT = 1e-5
"""Variance over squared norm below which a layer is constant: squares summed in float32 leave too
few digits of a smaller difference."""


@dataclass
class ComponentRegulariser:
    """The first principal directions of a network in training, and the penalty on their shares.

    Parameters
    ----------
    model
        On its device; used only while `watching`.
    spec
        Strength, threshold and first stage.
    vectors
        Unit vectors u (p,) by layer name, as in `layer_table`; replaced at every step. They belong
        to the state of a training.
    """

    model: Model
    spec: ComponentPenalty
    vectors: dict[str, Tensor]
    _shares: list[Tensor] = field(init=False, default_factory=list)
    _uses: Counter[str] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        modules = {name.partition("#")[0] for name in self.vectors}
        self._modules = {
            module: path
            for name, module in self.model.named_modules()
            if (path := name.removeprefix("body.")) in modules
        }
        self._channels_last = self.model.input.memory_format == torch.channels_last

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Take one step of power iteration in every regularised layer of the next forward pass."""
        self._shares, self._uses = [], Counter()
        handles = [module.register_forward_hook(self._see) for module in self._modules]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def penalty(self) -> Tensor:
        """Penalty on the pass that was watched: a number with a gradient, in float32."""
        excess = F.relu(torch.stack(self._shares) - self.spec.threshold)
        return self.spec.strength * excess.sum()

    def _see(self, module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        path = self._modules[module]
        self._uses[path] += 1
        name = path if self._uses[path] == 1 else f"{path}#{self._uses[path]}"
        if name in self.vectors:
            share, self.vectors[name] = first_share(self._rows(output), self.vectors[name])
            self._shares.append(share)

    def _rows(self, output: Tensor) -> Tensor:
        """One row an image, as the numbers lie in memory: nothing is copied."""
        if self._channels_last and output.dim() == 4:
            output = output.permute(0, 2, 3, 1)
        return output.reshape(len(output), -1)


def component_regulariser(
    model: Model, spec: ComponentPenalty, example_shape: tuple[int, ...], order: int
) -> ComponentRegulariser | None:
    """Regulariser of a network before its first step; None where the strength is 0.

    Parameters
    ----------
    model
        On its device, which the vectors share.
    example_shape
        Shape of one image, such as (3, 32, 32).
    order
        Seed of the data order, which the start vectors come from.

    Raises
    ------
    InputError
        The network has no ReLU module in the stages to be regularised.
    """
    if spec.strength == 0:
        return None
    rectifiers = [layer for layer in layer_table(model, example_shape) if layer.kind == "relu"]
    chosen = [layer for layer in rectifiers if layer.stage >= spec.first_stage]
    if not chosen:
        stages = sorted({layer.stage for layer in rectifiers})
        raise InputError(
            f"component_penalty.first_stage: {spec.first_stage}: the network has no ReLU module "
            f"there (stages with any: {', '.join(map(str, stages)) or 'none'}; 0 is outside "
            "every stage); lower first_stage, or set strength: 0"
        )
    device = model.input.mean.device
    vectors = {name: value.to(device) for name, value in _start_vectors(chosen, order).items()}
    return ComponentRegulariser(model, spec, vectors)


def _start_vectors(layers: list[Layer], order: int) -> dict[str, Tensor]:
    generator = stream_generator(order, "component", 0)
    vectors = {layer.name: torch.randn(layer.features, generator=generator) for layer in layers}
    return {name: vector / vector.norm() for name, vector in vectors.items()}


def first_share(features: Tensor, vector: Tensor) -> tuple[Tensor, Tensor]:
    """One step of power iteration on the covariance of features.

    Parameters
    ----------
    features
        X (b, p), not centred; float32 or bfloat16.
    vector
        u (p,) of norm 1, float32: a constant to the gradient.

    Returns
    -------
    share
        ``||Xc' Xc u|| / ||Xc||_F^2``, float32, with a gradient by the features: at most the share
        of the first principal component, and equal to it where u is that component. 0, without a
        gradient, where the features do not vary.
    direction
        ``Xc' Xc u`` scaled to norm 1; u where the features do not vary.
    """
    share, direction = _FirstShare.apply(features, vector)
    return share, direction


class _FirstShare(torch.autograd.Function):
    """`first_share` by matrix-vector products with X: Xc is never made.

    A vector of scores that sums to zero has ``Xc' s = X' s``. With w the new direction, s = Xc u
    and t = Xc w, the gradient of lambda = w' v by Xc is ``s w' + t u'`` and that of ||Xc||_F^2 is
    ``2 Xc``; both have columns that sum to zero, so that they are the gradients by X as well.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, vector: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast(features.device.type, enabled=False):
            X = features.float()
            mean = X.mean(0)
            scores = _centred(X @ vector)
            product = scores @ X
            size = product.norm()
            squares = torch.linalg.vector_norm(X, dim=1).square().sum()
            variance = squares - len(X) * mean.square().sum()
            varies = (variance > CONSTANT * squares) & (size > 0)
            inverse = torch.where(varies, 1 / variance, 0.0)
            share = torch.where(varies, size * inverse, 0.0)
            direction = torch.where(varies, product / size, vector)
        ctx.save_for_backward(features, vector, direction, mean, scores, share, inverse)
        ctx.mark_non_differentiable(direction)
        return share, direction

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, _: Tensor) -> tuple[Tensor | None, None]:
        # Below the threshold there is nothing to do; to ask a GPU would make the CPU wait for it.
        if gradient.device.type == "cpu" and not gradient:
            return None, None
        features, vector, direction, mean, scores, share, inverse = ctx.saved_tensors
        with torch.autocast(features.device.type, enabled=False):
            X = features.float()
            scale = gradient * inverse
            shrink = 2 * share * scale
            columns = [scale * scores, scale * _centred(X @ direction), shrink.expand(len(X))]
            rows = torch.stack([direction, vector, mean])
            result = (X * -shrink).addmm_(torch.stack(columns, 1), rows)
        return result.to(features.dtype), None


def _centred(scores: Tensor) -> Tensor:
    return scores - scores.mean()
