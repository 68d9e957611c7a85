"""Draw test accuracy of every seed of networks trained in several ways."""

from repatlas.figures.block_structure.accuracy import draw_accuracy
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.accuracy import AccuracyLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_accuracy, AccuracyLayout, SIMILARITY)


if __name__ == "__main__":
    main()
