"""Draw how much worse the theory fits with one term of its equations changed."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.altered import draw_altered
from repatlas.figures.universality.options import FITS


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_altered, UniversalityLayout, FITS)


if __name__ == "__main__":
    main()
