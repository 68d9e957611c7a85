"""Draw the best and the worst matched pairs of units by the parts of images that activate them."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.options import DATA
from repatlas.figures.units.inputs import GATHERED, MATCHING
from repatlas.figures.units.pairs import draw_pairs


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_pairs, UnitsLayout, GATHERED, MATCHING, DATA)


if __name__ == "__main__":
    main()
