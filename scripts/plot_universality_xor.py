"""Draw distances of the points of exclusive or, in theory and in networks."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.options import ONE_FIT, ONE_PAIRS
from repatlas.figures.universality.xor import draw_xor


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_xor, UniversalityLayout, ONE_PAIRS, ONE_FIT)


if __name__ == "__main__":
    main()
