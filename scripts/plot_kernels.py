"""Draw CKA of block outputs by several kernels, such as before and after removal."""

from repatlas.figures.block_structure.measures import draw_measures
from repatlas.figures.command import figure_command
from repatlas.figures.layouts.measures import KernelsLayout
from repatlas.figures.records import records
from repatlas.similarity.measures import Measures


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__, draw_measures, KernelsLayout, records("measures", Measures, "records of measures")
    )


if __name__ == "__main__":
    main()
