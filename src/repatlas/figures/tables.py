"""Tidy tables of what is drawn: one row for each number."""

from collections.abc import Mapping, Sequence

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
    images = image_rows(panel, title, "projection", projection.layer, ids, projection.component)
    ranks = rank_rows(panel, title, projection.layer, ids[projection.furthest].tolist())
    return pd.concat([images, ranks], ignore_index=True)


def rank_rows(panel: str, title: str, layer: int, shown: Sequence[str]) -> pd.DataFrame:
    """Rows of images shown: the rank of each, from 1, by what it does in a layer."""
    return image_rows(panel, title, "rank", layer, shown, np.arange(1.0, len(shown) + 1))


def image_rows(
    panel: str,
    title: str,
    quantity: str,
    layer: int,
    ids: NDArray[np.str_] | Sequence[str],
    values: ArrayLike,
) -> pd.DataFrame:
    """Rows of one number for each image, at one layer."""
    rows = _rows(panel, title, quantity, values, x=np.full(len(ids), layer))
    return rows.assign(**{SAMPLE: ids})


def value_rows(panel: str, title: str, values: Mapping[str, float]) -> pd.DataFrame:
    """Rows of single numbers by what they are; no layer belongs to them."""
    return _rows(panel, title, list(values), list(values.values()))


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
