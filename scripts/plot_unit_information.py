"""Draw the best and the worst pairs of units by mutual information, and it against correlation."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.options import DATA
from repatlas.figures.units.information import draw_information
from repatlas.figures.units.inputs import GATHERED, MATCHING


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_information, UnitsLayout, GATHERED, MATCHING, DATA)


if __name__ == "__main__":
    main()
