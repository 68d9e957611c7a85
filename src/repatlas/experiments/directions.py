"""Principal components of block outputs as directions of feature space.

The store holds left singular vectors u in example space; the right ones follow from one pass over
the probe set, ``v = Xc' u / s``, and no activations are kept.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.errors import InputError
from repatlas.experiments.measured import Measured
from repatlas.experiments.network import ProbedNetwork
from repatlas.networks.layers import capture
from repatlas.store.record import device_of

LOGIT_TOLERANCE = 1e-2
"""Part of the largest logit by which two devices may differ."""


@dataclass(frozen=True, eq=False)
class Directions:
    """Mean and leading directions of one layer over the probe images.

    Attributes
    ----------
    mean
        (p,) float64.
    vectors
        (k, p) float64 right singular vectors of the centred activations, with the signs of the
        store's components: unit norm; NaN where there is no such component.
    singular_values
        (k,) float64.
    """

    mean: Tensor
    vectors: Tensor
    singular_values: NDArray[np.float64]

    def coordinates(self, output: Tensor, component: int = 0) -> NDArray[np.float64]:
        """Coordinates (b,) of activations (b, ...) on a component.

        Their scale is that of the unit vector over the n probe images, ``((x - m) . v) / s``:
        for a probe image it is the entry of the store's component.
        """
        centered = output.flatten(1).double() - self.mean
        along: NDArray[np.float64] = (centered @ self.vectors[component]).cpu().numpy()
        return along / self.singular_values[component]


def probe_directions(network: ProbedNetwork, measured: Measured) -> list[Directions]:
    """Directions of the k components at each of the B block outputs.

    Sums are float64, so that a large mean costs nothing.

    Raises
    ------
    InputError
        The network does not give the outputs that its store holds.
    """
    outputs, count = network.block_outputs, len(network.probe)
    components = torch.from_numpy(measured.vectors.astype(np.float64)).to(device_of(network.model))
    sums: dict[int, Tensor] = {}
    images: dict[int, Tensor] = {}
    logits = []
    for rows, batch, _ in network.batches():

        def keep(index: int, name: str, output: Tensor, rows: slice = rows) -> None:
            if index in outputs:
                features = output.flatten(1).double()
                part = components[outputs.index(index), :, rows] @ features
                sums[index] = sums.get(index, 0) + features.sum(0)
                images[index] = images.get(index, 0) + part

        with capture(network.model, keep):
            logits.append(network.model(batch).float().cpu().numpy())
    _require_same_logits(np.concatenate(logits), measured.logits)
    totals = components.sum(dim=2)
    return [
        _directions(sums[index] / count, images[index], totals[place], measured.eigenvalues[place])
        for place, index in enumerate(outputs)
    ]


def _directions(
    mean: Tensor, images: Tensor, totals: Tensor, eigenvalues: NDArray[np.float64]
) -> Directions:
    centered = images - totals[:, None] * mean
    vectors = centered / torch.linalg.vector_norm(centered, dim=1, keepdim=True)
    return Directions(mean, vectors, np.sqrt(np.where(eigenvalues > 0, eigenvalues, np.nan)))


def _require_same_logits(found: NDArray[np.float32], stored: NDArray[np.float32]) -> None:
    if not np.allclose(found, stored, rtol=0, atol=LOGIT_TOLERANCE * np.abs(stored).max()):
        raise InputError(
            "the weights do not give the outputs that the store holds: extract the store again"
        )
