"""Draw the accuracy after residual blocks are deleted."""

from repatlas.experiments.results import Deletion
from repatlas.figures.block_structure.deletion import draw_deletion
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.deletion import DeletionLayout
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_deletion,
        DeletionLayout,
        SIMILARITY,
        records("deletion", Deletion, "accuracies after deletion"),
    )


if __name__ == "__main__":
    main()
