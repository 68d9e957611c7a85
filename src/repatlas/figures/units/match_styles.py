"""How series of matches (`repatlas.figures.units.matched.match_series`) are drawn and named."""

from typing import Any

from repatlas.figures.style import PURPLE

DOT, FEW = 2.4, 64
"""Points of a dot, and units from which on dots are smaller, lest they hide the lines."""
LIGHT, DARK, GREY = "#7fc97f", "#00682f", "#8a8a8a"
"""The paper's greens, and the colour of shuffled images."""
STYLES: dict[str, dict[str, Any]] = {
    "greedy": {"color": LIGHT, "lw": 1.8},
    "matched": {"color": DARK, "lw": 0.9},
    "greedy_heldout": {"color": LIGHT, "marker": "o", "ls": "", "ms": DOT, "mew": 0},
    "matched_heldout": {"color": DARK, "marker": "o", "ls": "", "ms": DOT, "mew": 0},
    "shuffled": {"color": GREY, "lw": 0.9, "ls": (0, (4, 1.5))},
    "untrained": {"color": PURPLE, "lw": 0.9, "ls": (0, (1.2, 1))},
}
"""What lines are told, by series."""
NULLS = ("shuffled", "untrained")
"""Series sorted by themselves: their units are not those of the others, or not in their order."""
NAMES = {
    "greedy": "best match",
    "matched": "match used once",
    "greedy_heldout": "best match, held out",
    "matched_heldout": "match used once, held out",
    "shuffled": "best match, shuffled images",
    "untrained": "best match, untrained networks",
}
