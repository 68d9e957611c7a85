"""Draw the shares of first components in every seed of several networks."""

from repatlas.figures.block_structure.shares import draw_shares
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.spec import SharesLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_shares, SharesLayout, SIMILARITY)


if __name__ == "__main__":
    main()
