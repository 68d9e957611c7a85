"""Histograms of projections on a first component, comparable across numbers of images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from repatlas.figures.style import BLUE, FAINT, NORMAL, VERMILLION

LOWEST = 1e-3
"""Smallest magnitude that has a place on the axis; smaller ones are counted at its left end."""

QUANTILE = 0.005
"""Part of the magnitudes that may be counted at the left end, so that they do not stretch it."""

LABEL = r"magnitude of projection on first component, $\sqrt{n}\,|u_i|$"

Component = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Binning:
    """Bins and counts that all histograms of a figure share, so that they can be compared.

    Attributes
    ----------
    edges
        (bins + 1,) equally far apart in the logarithm.
    highest
        Largest count in any histogram.
    """

    edges: NDArray[np.float64]
    highest: int

    @classmethod
    def of(cls, components: Sequence[Component], bins: int) -> "Binning":
        """Bins that hold the magnitudes of all components."""
        every = np.concatenate([magnitudes(component) for component in components])
        known = every[np.isfinite(every) & (every > 0)]
        if not known.size:
            return cls(np.geomspace(LOWEST, 1, bins + 1), 1)
        low = max(LOWEST, float(np.quantile(known, QUANTILE)) / 1.2)
        high = max(float(known.max()) * 1.15, 10 * low)
        edges = np.geomspace(low, high, bins + 1)
        empty = cls(edges, 1)
        return cls(edges, max(int(empty.counts(component).max()) for component in components))

    def counts(self, component: Component) -> NDArray[np.intp]:
        """Number of images (bins,) by magnitude; too small ones are in the first bin."""
        values = magnitudes(component)
        values = np.clip(values[np.isfinite(values)], self.edges[0], self.edges[-1])
        return np.histogram(values, self.edges)[0]


def magnitudes(component: Component) -> NDArray[np.float64]:
    """Projections whose root mean square is 1: ``sqrt(n) |u_i|`` of a unit vector u (n,).

    The papers show log10 |u_i| for n = 10,000, which is 2 less than the logarithm of these. The
    entries of u alone shrink with the number of images: figures of different n could not be
    compared.
    """
    values: NDArray[np.float64] = np.sqrt(len(component)) * np.abs(component.astype(np.float64))
    return values


def draw_histogram(
    axes: Axes,
    component: Component,
    binning: Binning,
    shown: NDArray[np.intp],
    count_axis: Literal["log", "linear"],
) -> None:
    """Number of images by magnitude of projection.

    Parameters
    ----------
    component
        (n,), or NaN for a constant layer, which is said in words.
    binning
        Shared by all histograms of the figure.
    shown
        Images that are shown as pictures: triangles mark their magnitudes.
    count_axis
        On a logarithmic axis single images remain visible beside hundreds.
    """
    _set_axes(axes, binning, count_axis)
    axes.axvline(1, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)
    if np.isnan(component).any():
        text = "constant layer: no component"
        place: dict[str, Any] = {"transform": axes.transAxes, "ha": "center", "va": "center"}
        axes.text(0.5, 0.5, text, color=FAINT, fontsize=NORMAL, **place)
        return
    base = axes.get_ylim()[0]
    counts, edges = binning.counts(component), binning.edges
    axes.stairs(counts, edges, baseline=base, fill=True, color=BLUE, alpha=0.75, lw=0)
    axes.plot(
        magnitudes(component)[shown],
        np.full(len(shown), 0.05),
        "v",
        color=VERMILLION,
        ms=3.6,
        mew=0.3,
        mec="white",
        transform=axes.get_xaxis_transform(),
        clip_on=False,
    )


def _set_axes(axes: Axes, binning: Binning, count_axis: str) -> None:
    low, high = binning.edges[0], binning.edges[-1]
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(LogLocator(subs=(1,) if high / low > 300 else (1, 2, 5)))
    axes.xaxis.set_minor_locator(LogLocator(subs=range(2, 10)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yscale(count_axis)
    if count_axis == "linear":
        axes.set_ylim(0, binning.highest * 1.15)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        return
    # Bars of a single image rise from below 1, or they could not be seen.
    axes.set_ylim(0.6, binning.highest * 2.2)
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_minor_formatter(NullFormatter())
