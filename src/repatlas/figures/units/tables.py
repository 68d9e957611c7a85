"""Tidy tables of figures on units: one row for each number."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from repatlas.figures.inputs import Network

COLUMNS = ("panel", "layer", "quantity", "first", "second", "unit", "match", "sample", "value")
"""Panel letter; title of the layer; what the number is; names of the network to which the unit
belongs and of the one in which it has its match; the unit and its match, numbered from 0 in their
networks; id of an image. What does not belong to a number is empty."""


def unit_rows(
    panel: str,
    layer: str | Sequence[str],
    quantity: str | Sequence[str],
    values: ArrayLike,
    *,
    first: str | Sequence[str] = "",
    second: str | Sequence[str] = "",
    unit: ArrayLike | None = None,
    match: ArrayLike | None = None,
    sample: str | Sequence[str] = "",
) -> pd.DataFrame:
    """Rows of some numbers (m,); units that are not known, or -1, stay empty."""
    value = np.atleast_1d(np.asarray(values, dtype=np.float64))
    return pd.DataFrame(
        {
            "panel": panel,
            "layer": layer,
            "quantity": quantity,
            "first": first,
            "second": second,
            "unit": _units(unit, len(value)),
            "match": _units(match, len(value)),
            "sample": sample,
            "value": value,
        }
    )


def accuracy_rows(networks: Sequence[Network], names: Sequence[str]) -> pd.DataFrame:
    """Rows of the accuracies that stand above the panels."""
    return pd.concat(
        [
            unit_rows("", "", quantity, getattr(network, quantity), first=name)
            for network, name in zip(networks, names, strict=True)
            for quantity in ("train_accuracy", "test_accuracy")
        ],
        ignore_index=True,
    )


def _units(units: ArrayLike | None, count: int) -> pd.Series:
    known = np.full(count, -1) if units is None else np.broadcast_to(np.asarray(units), count)
    numbers = pd.Series(known, dtype="Int64")
    return numbers.mask(numbers < 0)
