"""How networks answer to images of one colour (claim A7, Fig 6)."""

from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import (
    SilentError,
    block_of,
    contrast,
    measure_pairs,
)
from repatlas.experiments.results import Synthetic

Response = Literal["norm", "projection"]


@statistic
def solid_ratio(evidence: Evidence, *, role: Role, of: Response = "norm") -> Measurement:
    """Response to a solid image over that to the dominant image of its colour, inside the block.

    "On the Origins of the Block Structure Phenomenon", Fig 6: the colour is that of the top-left
    pixel. The value of a network is the median over its dominant images and its block's outputs.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    of
        ``norm`` of the activations, as in the paper, or absolute ``projection`` on the first
        component of the probe images.
    """

    def value(network: Network) -> float:
        record = _record(network)
        responses = abs(record.norms if of == "norm" else record.projections)[:, block_of(network)]
        rows = {
            kind: {record.labels[row]: row for row in _of_kind(record, kind)}
            for kind in ("solid", "dominant")
        }
        sources = [label for label in rows["solid"] if label in rows["dominant"]]
        solid, source = (
            responses[[rows[kind][label] for label in sources]] for kind in ("solid", "dominant")
        )
        return float(np.median(solid / source))

    return contrast(evidence, role, None, value)


@statistic
def favored_color_ratio(evidence: Evidence, *, role: Role) -> Measurement:
    """Activation norm of the colour that a network favours over that of other named colours.

    "On the Origins of the Block Structure Phenomenon", Fig 6. Favoured is the named colour with the
    largest norms inside the block; it is compared with the median of the others, output by output,
    and the value of a network is the median over its block's outputs.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """

    def value(network: Network) -> float:
        norms = _named_norms(network)
        favored = _favored(norms)
        others = np.median(np.delete(norms, favored, axis=0), axis=0)
        return float(np.median(norms[favored] / others))

    return contrast(evidence, role, None, value)


@statistic
def favored_color_differs(evidence: Evidence, *, role: Role) -> Measurement:
    """Fraction of pairs of seeds that favour different named colours.

    "On the Origins of the Block Structure Phenomenon", Fig 6: one seed answers to blue, another to
    white. Favoured as in `favored_color_ratio`.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """

    def differ(first: Network, second: Network) -> float:
        return float(_favored(_named_norms(first)) != _favored(_named_norms(second)))

    pairs = measure_pairs(evidence.cell(role), differ)
    return Measurement(pairs.observations, left_out=pairs.left_out)


def _record(network: Network) -> Synthetic:
    return network.record(Synthetic, "synthetic")


def _of_kind(record: Synthetic, kind: str) -> list[int]:
    return [row for row, found in enumerate(record.kinds) if found == kind]


def _named_norms(network: Network) -> Array:
    """(N, S) norms of the named colours, in the order of their names, inside the block."""
    record = _record(network)
    named = sorted(_of_kind(record, "named"), key=lambda row: record.labels[row])
    if len(named) < 2:
        raise SilentError("fewer than two named colours")
    norms: Array = np.asarray(record.norms[named], dtype=np.float64)[:, block_of(network)]
    return norms


def _favored(norms: Array) -> int:
    """Which colour has the largest norms, whatever the scale of each block output."""
    return int(np.log(norms).mean(axis=1).argmax())
