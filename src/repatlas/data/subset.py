"""Class-balanced choices of images, in an order in which the classes take turns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError

Indices = NDArray[np.int64]


def balanced_subset(
    labels: Indices,
    amount: int | float | None,
    seed: int = 0,
    classes: Sequence[str] | None = None,
) -> Indices:
    """Choose images so that every class has its part.

    Within a class, a smaller subset of the same seed lies inside a larger one.

    Parameters
    ----------
    labels
        (n,), 0 to the number of classes less one.
    amount
        A count, balanced to within one image per class (the first classes get the odd ones); a
        share (float) of all, which keeps the proportions of the classes; or None for all.
    seed
        Of the choice within each class.
    classes
        Their names, for messages.

    Returns
    -------
    Indices
        In an order in which the classes take turns, so that every stretch of it is about as
        balanced as the whole; within a class in the order of ``labels``.

    Raises
    ------
    InputError
        More images than a class has, or fewer images than classes.
    """
    labels = np.asarray(labels, np.int64)
    available = np.bincount(labels, minlength=0 if classes is None else len(classes))
    quotas = _quotas(available, amount, classes)
    chosen = []
    for label, quota in enumerate(quotas):
        members = np.flatnonzero(labels == label)
        order = np.random.default_rng([seed, label]).permutation(len(members))
        chosen.append(members[np.sort(order[:quota])])
    return take_turns(chosen)


def take_turns(groups: Sequence[Indices]) -> Indices:
    """Merge groups so that each is spread evenly over the result; order within them is kept."""
    ranks = np.concatenate([(np.arange(len(group)) + 0.5) / max(len(group), 1) for group in groups])
    merged: Indices = np.concatenate(groups)[np.argsort(ranks, kind="stable")]
    return merged


def equal_quotas(count: int, classes: int) -> Indices:
    """Split a count over classes, equal to within one; the first classes get the odd ones."""
    return count // classes + (np.arange(classes) < count % classes).astype(np.int64)


def _quotas(
    available: Indices, amount: int | float | None, classes: Sequence[str] | None
) -> Indices:
    if amount is None:
        return available
    number = len(available)
    quotas = (
        _proportional_quotas(available, amount)
        if isinstance(amount, float)
        else equal_quotas(amount, number)
    )
    names = [f"'{name}'" for name in classes] if classes else [str(i) for i in range(number)]
    reachable = np.minimum(quotas, available)
    if reachable.min() < 1:
        label = int(reachable.argmin())
        raise InputError(
            f"{amount} gives class {names[label]} ({available[label]} images) none: every class "
            f"needs one at least, and there are {number} classes"
        )
    if (quotas > available).any():
        label = int((quotas - available).argmax())
        raise InputError(
            f"{amount} images take {quotas[label]} of class {names[label]}, which has "
            f"{available[label]}: ask for {number * available.min()} at most, or null for all"
        )
    return quotas


def _proportional_quotas(available: Indices, share: float) -> Indices:
    """Largest remainders: the quotas sum to the rounded total, each within one of its part."""
    exact = available * share
    quotas = np.floor(exact).astype(np.int64)
    missing = round(share * int(available.sum())) - int(quotas.sum())
    quotas[np.argsort(quotas - exact, kind="stable")[:missing]] += 1
    return quotas
