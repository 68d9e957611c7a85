"""Draw final hidden distances of many pairs against those of the theory."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.distances import draw_distances
from repatlas.figures.universality.options import DISTANCES


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_distances, UniversalityLayout, DISTANCES)


if __name__ == "__main__":
    main()
