"""Draw how well image statistics explain projections on first components."""

from repatlas.figures.activations import STORES
from repatlas.figures.block_structure.statistics import draw_statistics
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.statistics import StatisticsLayout
from repatlas.figures.options import DATA


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_statistics, StatisticsLayout, SIMILARITY, STORES, DATA)


if __name__ == "__main__":
    main()
