"""Draw pairs of points over training in many networks, with the theory fitted to each."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.options import FITS, TRAJECTORIES
from repatlas.figures.universality.trajectories import draw_trajectories


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_trajectories, UniversalityLayout, TRAJECTORIES, FITS)


if __name__ == "__main__":
    main()
