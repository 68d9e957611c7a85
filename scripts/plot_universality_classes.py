"""Draw distances between images of all classes, in theory and in networks."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.classes import draw_classes
from repatlas.figures.universality.options import CLASSES


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_classes, UniversalityLayout, CLASSES)


if __name__ == "__main__":
    main()
