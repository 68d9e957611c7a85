"""Detection of the block structure: which layers form a contiguous set of near-equal ones.

The authors of the papers give no threshold. The two here are this project's own, and whatever is
drawn or judged with them says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

SHARE_THRESHOLD = 0.5
"""Every block output of a block has a first component with more than this share of variance."""

CKA_THRESHOLD = 0.9
"""Every two block outputs of a block have a CKA above this."""

LEAST_OUTPUTS = 4
"""A block has at least so many block outputs: neighbours across a residual block often agree."""


@dataclass(frozen=True)
class Block:
    """A contiguous set of block outputs (outputs of residual blocks, and the stem's).

    Attributes
    ----------
    outputs
        Layer indices of its block outputs, ascending, counted from 0 over all layers.
    """

    outputs: tuple[int, ...]

    @property
    def first(self) -> int:
        """Layer index of its first block output."""
        return self.outputs[0]

    @property
    def last(self) -> int:
        """Layer index of its last block output."""
        return self.outputs[-1]

    def quantile(self, fraction: float) -> int:
        """Layer index of the block output at a fraction of the block, 0 its first, 1 its last.

        Raises
        ------
        ValueError
            A fraction outside 0 to 1.
        """
        return output_at(self.outputs, fraction)


def output_at(outputs: tuple[int, ...], fraction: float) -> int:
    """Element of a sorted sequence of layers at a fraction of its length.

    Raises
    ------
    ValueError
        A fraction outside 0 to 1, or no layer to choose from.
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"a fraction of the layers lies between 0 and 1, not at {fraction}")
    if not outputs:
        raise ValueError("there is no block output to choose from")
    return outputs[round(fraction * (len(outputs) - 1))]


def find_block(
    share: ArrayLike,
    cka: ArrayLike,
    block_output: ArrayLike,
    *,
    share_threshold: float = SHARE_THRESHOLD,
    cka_threshold: float = CKA_THRESHOLD,
    least_outputs: int = LEAST_OUTPUTS,
) -> Block | None:
    """Largest block of a network, or None; arguments as for `find_blocks`."""
    blocks = find_blocks(
        share,
        cka,
        block_output,
        share_threshold=share_threshold,
        cka_threshold=cka_threshold,
        least_outputs=least_outputs,
    )
    return max(blocks, key=lambda block: len(block.outputs), default=None)


def find_blocks(
    share: ArrayLike,
    cka: ArrayLike,
    block_output: ArrayLike,
    *,
    share_threshold: float = SHARE_THRESHOLD,
    cka_threshold: float = CKA_THRESHOLD,
    least_outputs: int = LEAST_OUTPUTS,
) -> tuple[Block, ...]:
    """Disjoint blocks of a network, from input to output.

    A block is a contiguous run of block outputs whose shares all exceed ``share_threshold`` and
    whose pairwise CKA all exceed ``cka_threshold``. Runs are taken longest first, the earlier of
    equals first, and each later one lies wholly outside those before it.

    Parameters
    ----------
    share
        (L,), share of variance of each layer's first component; NaN belongs to no block.
    cka
        (L, L), CKA within the network; NaN belongs to no block.
    block_output
        (L,), whether the layer is the stem's output or that of a residual block.

    Returns
    -------
    tuple of Block
        Empty where the network has no block.

    Raises
    ------
    ValueError
        Arguments whose shapes do not agree.
    """
    shares = np.asarray(share, dtype=float)
    similarity = np.asarray(cka, dtype=float)
    outputs = np.flatnonzero(np.asarray(block_output, dtype=bool))
    size = len(shares)
    if similarity.shape != (size, size) or np.shape(block_output) != (size,):
        raise ValueError(
            f"shares of {size} layers, CKA of shape {similarity.shape} and block outputs of "
            f"shape {np.shape(block_output)} do not belong together"
        )
    starts = _earliest_starts(
        shares[outputs] > share_threshold,
        similarity[np.ix_(outputs, outputs)] > cka_threshold,
    )
    runs = _longest_runs(starts, 0, len(outputs), max(least_outputs, 1))
    return tuple(Block(tuple(int(layer) for layer in outputs[start:stop])) for start, stop in runs)


def _earliest_starts(dominated: NDArray[np.bool_], alike: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For each end, the earliest start of a run that is a block; end + 1 where there is none."""
    starts = np.zeros(len(dominated), dtype=np.intp)
    start = 0
    for end, is_dominated in enumerate(dominated):
        unlike = np.flatnonzero(~alike[start:end, end])
        if not is_dominated:
            start = end + 1
        elif unlike.size:
            start += int(unlike[-1]) + 1
        starts[end] = start
    return starts


def _longest_runs(
    starts: NDArray[np.intp], low: int, high: int, least: int
) -> Iterator[tuple[int, int]]:
    """Longest run inside [low, high), with the longest ones on either side of it, in order."""
    ends = np.arange(low, high)
    begins = np.maximum(starts[low:high], low)
    lengths = ends + 1 - begins
    if lengths.size == 0 or lengths.max() < least:
        return
    chosen = int(lengths.argmax())
    start, stop = int(begins[chosen]), int(ends[chosen]) + 1
    yield from _longest_runs(starts, low, start, least)
    yield start, stop
    yield from _longest_runs(starts, stop, high, least)
