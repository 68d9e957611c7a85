"""Draw how CKA answers to examples that are moved away."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.figures.layouts.outliers import OutliersLayout
from repatlas.figures.outliers import draw_outliers
from repatlas.figures.records import Records
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout
from repatlas.similarity.measures import Outliers


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--outliers", required=True, nargs="+", type=Path, help="records of translated examples"
    )
    parser.add_argument("--layout", required=True, help="what is shown: OutliersLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, OutliersLayout)
    figure, table = draw_outliers(Records.open(arguments.outliers, Outliers), layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
