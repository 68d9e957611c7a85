"""What a network makes of images of one colour (paper A, Fig 6).

The paper measures norms alone; projections on the first component, the outputs and the sweep over
colours are this project's own.
"""

import numpy as np
import torch
from torch import Tensor

from repatlas.experiments.colors import synthetic_images
from repatlas.experiments.directions import probe_directions
from repatlas.experiments.measured import Measured
from repatlas.experiments.network import BATCH, ProbedNetwork, require_own_images
from repatlas.experiments.results import Synthetic
from repatlas.networks.layers import capture
from repatlas.similarity.dominant import ranked
from repatlas.store.layer_grams import flatten, squared_norms
from repatlas.store.record import device_of

DOMINANT = 8
"""Dominant images shown, as in the paper's figure."""


def synthetic(network: ProbedNetwork, measured: Measured) -> Synthetic:
    """Show a network its dominant images and images of one colour.

    Dominant are the probe images furthest on the first component of the reference layer.

    Parameters
    ----------
    network
        On images of its own data.
    measured
        With one component a layer or more.

    Raises
    ------
    InputError
        Images of other data, or a store that is not of these weights.
    """
    require_own_images(network)
    probe, outputs = network.probe, network.block_outputs
    chosen = ranked(measured.component)[:DOMINANT]
    shown = synthetic_images(probe.images[chosen], probe.ids[chosen].tolist())
    directions = probe_directions(network, measured)
    norms, projections = np.zeros((2, len(shown.images), len(outputs)))
    logits = []
    for start in range(0, len(shown.images), BATCH):
        rows = slice(start, start + BATCH)

        def keep(index: int, name: str, output: Tensor, rows: slice = rows) -> None:
            if index in outputs:
                place = outputs.index(index)
                norms[rows, place] = np.sqrt(squared_norms(flatten(output)))
                projections[rows, place] = directions[place].coordinates(output)

        batch = torch.from_numpy(shown.images[rows]).to(device_of(network.model))
        with capture(network.model, keep):
            logits.append(network.model(batch).float().cpu().numpy())
    return Synthetic(
        subject=network.subject,
        kinds=shown.kinds,
        labels=shown.labels,
        images=shown.images,
        colors=shown.colors,
        norms=norms,
        projections=projections,
        logits=np.concatenate(logits),
        classes=probe.classes,
        reference=measured.reference,
        median_norms=np.median(measured.norms, axis=1).astype(np.float64),
    )
