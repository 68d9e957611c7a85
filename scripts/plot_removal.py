"""Draw CKA, share and dominant images before and after images are left out."""

from repatlas.figures.activations import STORES
from repatlas.figures.block_structure.removal import draw_removal
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.removal import RemovalLayout
from repatlas.figures.options import DATA


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_removal, RemovalLayout, SIMILARITY, STORES, DATA)


if __name__ == "__main__":
    main()
