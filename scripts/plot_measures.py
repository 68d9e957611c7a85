"""Draw the similarity of block outputs by several measures."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.figures.layouts.measures import MeasuresLayout
from repatlas.figures.measures import draw_measures
from repatlas.figures.records import Records
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout
from repatlas.similarity.measures import Measures


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--measures", required=True, nargs="+", type=Path, help="records of measures"
    )
    parser.add_argument("--layout", required=True, help="what is shown: MeasuresLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, MeasuresLayout)
    figure, table = draw_measures(Records.open(arguments.measures, Measures), layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
