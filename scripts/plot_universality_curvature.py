"""Draw how straight maps from hidden layers to outputs are between two points."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.curvature import draw_curvature
from repatlas.figures.universality.options import FITS, TRAJECTORIES


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_curvature, UniversalityLayout, TRAJECTORIES, FITS)


if __name__ == "__main__":
    main()
