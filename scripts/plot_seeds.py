"""Draw CKA within each of two networks and between them."""

from repatlas.figures.block_structure.seeds import draw_seeds
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.spec import SeedsLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_seeds, SeedsLayout, SIMILARITY)


if __name__ == "__main__":
    main()
