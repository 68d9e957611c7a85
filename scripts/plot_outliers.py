"""Draw how CKA answers to examples that are moved away."""

from repatlas.figures.block_structure.outliers import draw_outliers
from repatlas.figures.command import figure_command
from repatlas.figures.layouts.outliers import OutliersLayout
from repatlas.figures.records import records
from repatlas.similarity.measures import Outliers


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_outliers,
        OutliersLayout,
        records("outliers", Outliers, "records of translated examples"),
    )


if __name__ == "__main__":
    main()
