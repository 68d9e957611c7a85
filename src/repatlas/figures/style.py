"""One style for every figure: sizes, fonts, colours.

Figures are made without pyplot, so that no state is shared between them and a script starts fast.
"""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
from cycler import cycler
from matplotlib.colors import Colormap

PAGE_WIDTH = 6.9
"""Width of every figure in inches: the text of a paper page; a report shows it about as wide."""

INK = "#262626"
FAINT = "#6b6b6b"
RULE = "#b5b5b5"
NO_VALUE = "#c9cdd1"
"""Grey of heat-map cells without a value; no colour of the map is a light grey."""

BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
)
"""Colours that colour-blind readers tell apart (Okabe and Ito 2008)."""

LINES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
BLOCK = SKY
"""Colour of whatever marks a detected block."""
WARNING = VERMILLION

SMALL, NORMAL, LARGE = 6.0, 7.0, 8.0
"""Font sizes in points: ticks and notes, labels, panel titles."""

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": NORMAL,
    "mathtext.fontset": "dejavusans",
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": NORMAL,
    "axes.labelpad": 2.0,
    "axes.linewidth": 0.5,
    "axes.titlesize": LARGE,
    "axes.prop_cycle": cycler(color=LINES),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "image.cmap": "magma",
    "image.origin": "lower",
    "lines.linewidth": 0.9,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "xtick.minor.size": 1.2,
    "ytick.minor.size": 1.2,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
    "figure.dpi": 150,
    # Text drawn as paths looks the same on machines without the font; in a PDF fonts are embedded.
    "svg.fonttype": "path",
    "svg.hashsalt": "repatlas",
    "pdf.fonttype": 42,
}

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def styled(draw: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Run a function that draws in this project's style, whatever the user's matplotlibrc says."""

    @functools.wraps(draw)
    def draw_in_style(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(STYLE)
            return draw(*arguments, **named)

    return draw_in_style


def similarity_map() -> Colormap:
    """Colour map of similarities from 0 to 1; cells without a value are grey."""
    return mpl.colormaps["magma"].with_extremes(bad=NO_VALUE)
