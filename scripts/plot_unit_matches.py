"""Draw the sorted correlations of units with their matches, with nulls, layer by layer."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.inputs import MATCHING, UNTRAINED
from repatlas.figures.units.matches import draw_matches


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_matches, UnitsLayout, MATCHING, UNTRAINED)


if __name__ == "__main__":
    main()
