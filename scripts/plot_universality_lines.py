"""Draw the straight line on which a pair moves if the theory holds."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.lines import draw_lines
from repatlas.figures.universality.options import FITS, TRAJECTORIES


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_lines, UniversalityLayout, TRAJECTORIES, FITS)


if __name__ == "__main__":
    main()
