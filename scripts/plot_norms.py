"""Draw activation norms of dominant images, and norms against projections."""

from repatlas.figures.activations import STORES
from repatlas.figures.block_structure.norms import draw_norms
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.norms import NormsLayout
from repatlas.figures.options import DATA


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_norms, NormsLayout, SIMILARITY, STORES, DATA)


if __name__ == "__main__":
    main()
