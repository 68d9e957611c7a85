"""Which unit of one network belongs to which of another, by a table of scores of every two.

"Convergent Learning" (Li et al. 2016), section 3. Scores are signed: a unit that does the opposite
of another is no match.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

Integers = NDArray[np.int64]

UNMATCHED = -1
"""In the place of a match: the unit has none."""


def semi_matching(scores: ArrayLike) -> Integers:
    """Best match of every unit, which others may have too (the paper's semi-matching, greedy).

    Parameters
    ----------
    scores
        (p, q) score of each unit of the first network with each of the second; none NaN.

    Returns
    -------
    Integers
        (p,) units of the second network; of several equal ones the first.
    """
    best: Integers = np.asarray(scores).argmax(axis=1).astype(np.int64)
    return best


def maximum_matching(scores: ArrayLike) -> Integers:
    """Matches of largest total score among those that use every unit at most once.

    The paper's maximum-weight bipartite matching, as a linear assignment: the same optimum in
    milliseconds instead of minutes, at worst O(p^3).

    Parameters
    ----------
    scores
        (p, q) score of each unit of the first network with each of the second; none NaN.

    Returns
    -------
    Integers
        (p,) units of the second network; `UNMATCHED` for the p - q units left over where the
        second network has fewer.
    """
    table = np.asarray(scores)
    rows, columns = linear_sum_assignment(table, maximize=True)
    matches = np.full(len(table), UNMATCHED, dtype=np.int64)
    matches[rows] = columns
    return matches


def permutation_cycles(order: ArrayLike) -> list[list[int]]:
    """Cycles of a permutation, such as a matching of as many units with as many.

    Parameters
    ----------
    order
        (p,) what stands in the place of each unit.

    Returns
    -------
    list
        Each cycle from its smallest unit on, every unit followed by its match; the cycles by their
        smallest units. A unit matched with that of its own number is a cycle of one.

    Raises
    ------
    ValueError
        ``order`` does not hold each of 0 to p - 1 once.
    """
    following = np.asarray(order).tolist()
    if sorted(following) != list(range(len(following))):
        raise ValueError(f"{following} is no permutation")
    cycles: list[list[int]] = []
    seen: set[int] = set()
    for start in range(len(following)):
        if start not in seen:
            cycles.append(_cycle(following, start))
            seen.update(cycles[-1])
    return cycles


def _cycle(following: list[int], start: int) -> list[int]:
    cycle = [start]
    while following[cycle[-1]] != start:
        cycle.append(following[cycle[-1]])
    return cycle


def matched_scores(scores: NDArray[np.floating], matches: Integers) -> NDArray[np.float64]:
    """Scores (p,) of units with their matches; NaN where they have none.

    Parameters
    ----------
    scores
        (p, q) table, of the images on which the matches were found or of others.
    matches
        (p,) as `semi_matching` and `maximum_matching` give them.
    """
    found = scores[np.arange(len(matches)), matches]
    return np.where(matches == UNMATCHED, np.nan, found)
