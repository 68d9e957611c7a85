"""Columns of records in long form, from parts that were found one after the other."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def stacked(parts: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
    """Put the columns of all parts under each other.

    Parameters
    ----------
    parts
        One or more, each with the same names: arrays (m,) of one length a part, or single values,
        which stand in every row of their part.

    Returns
    -------
    dict
        Arrays as long as all parts together, by name.
    """
    names = list(parts[0])
    wide = [np.broadcast_arrays(*(np.atleast_1d(part[name]) for name in names)) for part in parts]
    return {
        name: np.concatenate([columns[place] for columns in wide])
        for place, name in enumerate(names)
    }
