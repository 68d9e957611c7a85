"""Draw correlations of units within and between two networks, before and after matching."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.correlations import draw_correlations
from repatlas.figures.units.inputs import GATHERED, MATCHING


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_correlations, UnitsLayout, GATHERED, MATCHING)


if __name__ == "__main__":
    main()
