"""Draw CKA within networks of growing depth and width."""

from repatlas.figures.block_structure.emergence import draw_emergence
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.spec import EmergenceLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_emergence, EmergenceLayout, SIMILARITY)


if __name__ == "__main__":
    main()
