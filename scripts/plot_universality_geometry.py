"""Draw whether networks of different architectures have the same geometry."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.geometry import draw_geometry
from repatlas.figures.universality.options import GEOMETRY, PAIRS


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_geometry, UniversalityLayout, GEOMETRY, PAIRS)


if __name__ == "__main__":
    main()
