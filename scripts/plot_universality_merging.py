"""Draw whether points with the same target merge."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.merging import draw_merging
from repatlas.figures.universality.options import TRAJECTORIES


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_merging, UniversalityLayout, TRAJECTORIES)


if __name__ == "__main__":
    main()
