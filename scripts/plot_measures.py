"""Draw the similarity of block outputs by several measures."""

from repatlas.figures.block_structure.measures import draw_measures
from repatlas.figures.command import figure_command
from repatlas.figures.layouts.measures import MeasuresLayout
from repatlas.figures.records import records
from repatlas.similarity.measures import Measures


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__, draw_measures, MeasuresLayout, records("measures", Measures, "records of measures")
    )


if __name__ == "__main__":
    main()
