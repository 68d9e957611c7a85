"""Draw CKA within networks above the share of their first components."""

from repatlas.figures.block_structure.share import draw_share
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.spec import ShareLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_share, ShareLayout, SIMILARITY)


if __name__ == "__main__":
    main()
