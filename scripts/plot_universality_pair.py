"""Draw two images over training, with the theory of two points."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.options import ONE_FIT, ONE_TRAJECTORY
from repatlas.figures.universality.pair import draw_pair


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_pair, UniversalityLayout, ONE_TRAJECTORY, ONE_FIT)


if __name__ == "__main__":
    main()
