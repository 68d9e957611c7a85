"""Dominant images: those that carry the first component of a layer, and images to hold beside them.

Dominant are the images with the largest absolute coordinates on the first principal component
("On the Origins of the Block Structure Phenomenon", section 4). The paper gives no threshold; it
removes 1 and 10 % of the images by one reference layer (Fig 4) and shows no control. The random
and the norm-matched images are this project's own.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.data.examples import Choice
from repatlas.similarity.block import find_block, output_at

LEAST_IMAGES = 4
"""The overlap of sets of fewer images is nearly all or nothing."""

MIDDLE = 0.5
"""Where in the block the reference layer lies: 0 its first block output, 1 its last."""

LOT = b"repatlas.examples\0"
"""Before the id in its hash: without it the lots would be those by which probe sets are drawn."""

Chosen = NDArray[np.bool_]
Indices = NDArray[np.intp]
Array = NDArray[np.float64]


def dominant(vectors: NDArray[np.floating], fraction: float) -> Chosen:
    """Images with the largest absolute coordinates.

    Parameters
    ----------
    vectors
        (B, n), one component a layer.
    fraction
        Fraction of the n images; never fewer than `LEAST_IMAGES`.

    Returns
    -------
    Chosen
        (B, n), the same number of images in every layer.
    """
    layers, images = vectors.shape
    count = min(images, max(LEAST_IMAGES, round(fraction * images)))
    order = np.argsort(-np.abs(vectors), axis=1, kind="stable")
    chosen = np.zeros((layers, images), dtype=bool)
    np.put_along_axis(chosen, order[:, :count], True, axis=1)
    return chosen


def overlap(first: Chosen, second: Chosen) -> Array:
    """Jaccard overlaps (A, B) of sets of images, (A, n) and (B, n)."""
    common = first.astype(np.int64) @ second.T.astype(np.int64)
    union = first.sum(axis=1)[:, None] + second.sum(axis=1)[None, :] - common
    overlaps: Array = common / union
    return overlaps


def ranked(component: NDArray[np.floating]) -> Indices:
    """Images from the largest absolute coordinate down; of equals the earlier first.

    Parameters
    ----------
    component
        (n,); that of a constant layer is NaN, and then there are none.
    """
    if np.isnan(component).any():
        return np.zeros(0, dtype=np.intp)
    return np.argsort(-np.abs(component), kind="stable")


def drawn(ids: Iterable[str]) -> Indices:
    """Images in an order that is random as to what they show: by the SHA-256 of their ids.

    The same images have the same order in every probe set, and a smaller choice from its
    beginning lies within a larger one.
    """
    lots = [hashlib.sha256(LOT + name.encode()).digest() for name in ids]
    return np.array(sorted(range(len(lots)), key=lots.__getitem__), dtype=np.intp)


def matched(norms: ArrayLike, chosen: Indices) -> Indices:
    """Other images, one for each chosen one, whose norms are nearest to theirs.

    No image is taken twice, and the sum of the absolute differences of norms is the least that
    there is: an optimal assignment on a line never crosses, so images sorted by norm are assigned
    one after the other (dynamic programming).

    Parameters
    ----------
    norms
        (n,).
    chosen
        (k,) images that are not to be taken.

    Returns
    -------
    Indices
        (k,), in the order of ``chosen``.

    Raises
    ------
    ValueError
        Fewer than k images are left.
    """
    values = np.asarray(norms, dtype=np.float64)
    others = np.setdiff1d(np.arange(len(values)), chosen)
    if len(others) < len(chosen):
        raise ValueError(f"{len(others)} images cannot be matched with {len(chosen)} others")
    others = others[np.argsort(values[others], kind="stable")]
    order = np.argsort(values[chosen], kind="stable")
    found = np.empty(len(chosen), dtype=np.intp)
    found[order] = others[_assigned(values[chosen][order], values[others])]
    return found


def _assigned(values: Array, others: Array) -> Indices:
    """Places (k,), ascending, of sorted ``others`` (m,) that go to sorted ``values`` (k,)."""
    places = np.arange(len(others))
    least = np.zeros(len(others) + 1)
    taken = np.empty((len(values), len(others)), dtype=np.int32)
    for row, value in enumerate(values):
        # least[j] is the cost of the values so far with the first j others alone, and
        # taken[row, j] the place of the other that goes to this value among the first j + 1.
        costs = least[:-1] + np.abs(value - others)
        best = np.minimum.accumulate(costs)
        taken[row] = np.maximum.accumulate(np.where(costs == best, places, 0))
        least = np.concatenate([[np.inf], best])
    found = np.empty(len(values), dtype=np.intp)
    last = len(others) - 1
    for row in reversed(range(len(values))):
        found[row] = taken[row, last]
        last = found[row] - 1
    return found


def choose_images(
    images: Choice,
    fraction: float,
    component: NDArray[np.floating],
    norms: ArrayLike,
    ids: Iterable[str],
) -> Indices:
    """Choose a fraction of the images of a probe set.

    Parameters
    ----------
    images
        ``"dominant"``: see `ranked`. ``"random"``: see `drawn`; dominant ones may be among them.
        ``"matched"``: none of the dominant ones; see `matched`.
    fraction
        Of the n images; one image at least.
    component
        (n,) first component of the reference layer.
    norms
        (n,) norms of the raw activations of that layer.
    ids
        (n,).

    Returns
    -------
    Indices
        The same number in each case; none where the component is NaN.

    Raises
    ------
    ValueError
        ``"matched"`` beyond half of the images.
    """
    furthest = ranked(component)[: max(1, round(fraction * len(component)))]
    if images == "dominant":
        return furthest
    return drawn(ids)[: len(furthest)] if images == "random" else matched(norms, furthest)


def reference_layer(share: ArrayLike, cka: ArrayLike, block_output: ArrayLike) -> int:
    """Layer on whose first component the images of a network are ranked.

    The block output in the middle of the block (`repatlas.similarity.block.find_block`); without
    a block, in the middle of all block outputs; where none is marked, in the middle of all layers.
    Constant layers do not count. The paper names its layer by hand (layer 300 of RN-164).

    Parameters
    ----------
    share
        (L,) share of variance of each layer's first component; NaN for a constant layer.
    cka
        (L, L) within the network.
    block_output
        (L,) whether the layer is the stem's output or that of a residual block.

    Raises
    ------
    ValueError
        No layer varies, or arguments whose shapes do not agree.
    """
    block = find_block(share, cka, block_output)
    if block is not None:
        return block.quantile(MIDDLE)
    marked = np.asarray(block_output, dtype=bool)
    varies = np.isfinite(np.asarray(share, dtype=float))
    candidates = varies & marked if marked.any() else varies
    return output_at(tuple(np.flatnonzero(candidates).tolist()), MIDDLE)
