"""Saving a figure with the numbers it shows."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.figures.style import styled
from repatlas.files import atomic_file

FORMATS: dict[str, dict[str, Any]] = {
    # Of each format whatever names a date or a version is left out: the same picture, the same
    # bytes. Heat maps are embedded images in SVG and PDF, at print resolution.
    "png": {"dpi": 150, "metadata": {"Software": None}},
    "svg": {"dpi": 300, "metadata": {"Date": None, "Creator": None}},
    "pdf": {"dpi": 300, "metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
}

SIGNIFICANT_DIGITS = 6


@styled
def save_figure(figure: Figure, table: pd.DataFrame, stem: str | os.PathLike[str]) -> None:
    """Write ``<stem>.png``, ``.svg``, ``.pdf``, and ``.csv`` with what is drawn.

    Each file appears whole or not at all, and the same figure gives the same bytes.

    Parameters
    ----------
    figure
        Saved at its own size; nothing is cropped.
    table
        Tidy: one row for each number that is drawn. Written without its index, numbers with six
        significant digits.
    stem
        Path without a suffix; missing folders are made.

    Raises
    ------
    OSError
        No space, or no permission.
    """
    base = Path(stem)
    for suffix, options in FORMATS.items():
        with atomic_file(base.with_name(f"{base.name}.{suffix}")) as sibling:
            figure.savefig(sibling, format=suffix, **options)
    with atomic_file(base.with_name(f"{base.name}.csv")) as sibling:
        _rounded(table).to_csv(sibling, index=False, lineterminator="\n")


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Table whose numbers have six significant digits; pandas' own way to write so is slow."""
    names = [name for name in table if pd.api.types.is_float_dtype(table[name].dtype)]
    return table.assign(**{str(name): significant(table[name].to_numpy()) for name in names})


def significant(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Values rounded to six significant digits, as the floats that print with no more."""
    exact = np.asarray(values, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        decimals = SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(np.abs(exact)))
        scaled = np.round(exact * 10.0**decimals)
        # Dividing by a power of ten that is exact gives the nearest float to the decimal number.
        short = np.where(decimals >= 0, scaled / 10.0**decimals, scaled * 10.0**-decimals)
    return np.where(np.isfinite(short), short, exact)
