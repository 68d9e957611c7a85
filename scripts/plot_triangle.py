"""Draw CKA within and across seeds of networks trained in several ways."""

from repatlas.figures.block_structure.triangle import draw_triangle
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.triangle import TriangleLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_triangle, TriangleLayout, SIMILARITY)


if __name__ == "__main__":
    main()
