"""Rates of one replica at one hidden layer, and how well they tell its course."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from repatlas.theory.effective import Curves
from repatlas.theory.fit import Fit
from repatlas.theory.straight_line import straight_line


class LayerFit(NamedTuple):
    """Fields as in `repatlas.dynamics.findings.Fits`; by default those of a course not fitted."""

    hidden_rate: float = np.nan
    output_rate: float = np.nan
    error: float = np.nan
    paper_error: float = np.nan
    line_slope: float = np.nan
    line_correlation: float = np.nan
    identifiable: bool = False

    @classmethod
    def of(cls, curves: Curves, fit: Fit) -> "LayerFit":
        """Say how well a fit tells the curves (t,) that were fitted."""
        slope, correlation = _line(curves)
        return cls(
            hidden_rate=float(fit.rates.hidden),
            output_rate=float(fit.rates.output),
            error=float(np.sqrt(fit.loss)),
            paper_error=fit.paper_loss / len(curves.hidden),
            line_slope=slope,
            line_correlation=correlation,
            identifiable=fit.identifiable,
        )


def tables(fits: Mapping[tuple[int, int], LayerFit], shape: tuple[int, int]) -> dict[str, Any]:
    """Tables (r, L), by field, of fits by replica and layer."""
    found: dict[str, NDArray[Any]] = {
        name: np.full(shape, value) for name, value in LayerFit()._asdict().items()
    }
    for place, fit in fits.items():
        for name, value in fit._asdict().items():
            found[name][place] = value
    return found


def _line(curves: Curves) -> tuple[float, float]:
    """Slope and correlation; none where the points have become one, to the last bit."""
    if curves.hidden.min() <= 0:
        return np.nan, np.nan
    line = straight_line(curves)
    return line.slope, line.correlation
