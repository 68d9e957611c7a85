"""Tidy tables of what is drawn: one row for each number."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from repatlas.figures.heatmap import LayerAxis
from repatlas.figures.inputs import Network
from repatlas.figures.projected import Projection

COLUMNS = ("panel", "title", "quantity", "y", "x", "value")
"""Panel letter and title as drawn; what the number is; layers of the two axes, from 0."""

SAMPLE = "sample"
"""Further column of tables with numbers of single images: their ids."""


def map_rows(
    panel: str,
    title: str,
    quantity: str,
    values: NDArray[np.floating],
    x: LayerAxis,
    y: LayerAxis | None = None,
) -> pd.DataFrame:
    """Rows of a heat map (m_y, m_x), with the index of each cell's layers in their networks."""
    vertical = x if y is None else y
    return _rows(
        panel,
        title,
        quantity,
        values.ravel(),
        y=np.repeat(vertical.layers, x.size),
        x=np.tile(x.layers, vertical.size),
    )


def line_rows(
    panel: str, title: str, quantity: str, layers: NDArray[np.intp], values: NDArray[np.floating]
) -> pd.DataFrame:
    """Rows of a curve over layers."""
    return _rows(panel, title, quantity, values, x=layers)


def accuracy_rows(panel: str, title: str, network: Network) -> pd.DataFrame:
    """Rows of the accuracies beside a panel; no layer belongs to them."""
    values = [network.train_accuracy, network.test_accuracy]
    return _rows(panel, title, ["train_accuracy", "test_accuracy"], values)


def projection_rows(
    panel: str, title: str, ids: NDArray[np.str_], projection: Projection
) -> pd.DataFrame:
    """Rows of a histogram of projections: each image's, and the rank of those shown."""
    shown = ids[projection.furthest]
    layers = np.full(len(ids), projection.layer)
    images = _rows(panel, title, "projection", projection.component, x=layers)
    ranks = _rows(panel, title, "rank", np.arange(1.0, len(shown) + 1), x=layers[: len(shown)])
    return pd.concat([images.assign(sample=ids), ranks.assign(sample=shown)], ignore_index=True)


def table_of(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One table of all parts, in their order."""
    return pd.concat(parts, ignore_index=True)


def _rows(
    panel: str,
    title: str,
    quantity: str | Sequence[str],
    values: ArrayLike,
    *,
    y: NDArray[np.integer] | None = None,
    x: NDArray[np.integer] | None = None,
) -> pd.DataFrame:
    value = np.asarray(values, dtype=np.float64)
    none = [pd.NA] * (len(value) if y is None or x is None else 0)
    return pd.DataFrame(
        {
            "panel": panel,
            "title": title,
            "quantity": quantity,
            "y": pd.array(none if y is None else y, dtype="Int64"),
            "x": pd.array(none if x is None else x, dtype="Int64"),
            "value": value,
        }
    )
