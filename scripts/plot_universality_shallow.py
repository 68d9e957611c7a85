"""Draw whether networks with one hidden layer put the points of exclusive or alike."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.options import PAIRS
from repatlas.figures.universality.shallow import draw_shallow


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_shallow, UniversalityLayout, PAIRS)


if __name__ == "__main__":
    main()
