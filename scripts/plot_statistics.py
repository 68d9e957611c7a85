"""Draw how well image statistics explain projections on first components."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.statistics import StatisticsLayout
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout
from repatlas.figures.statistics import draw_statistics


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--similarity", required=True, nargs="+", type=Path, help="similarity files"
    )
    parser.add_argument("--stores", required=True, nargs="+", type=Path, help="activation stores")
    parser.add_argument("--data", required=True, type=Path, help="data set of the probe images")
    parser.add_argument("--layout", required=True, help="what is shown: StatisticsLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, StatisticsLayout)
    figure, table = draw_statistics(
        Similarities.open(arguments.similarity),
        Stores.open(arguments.stores),
        arguments.data,
        layout,
    )
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
