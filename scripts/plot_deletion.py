"""Draw the accuracy after residual blocks are deleted."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.experiments.results import Deletion
from repatlas.figures.deletion import draw_deletion
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.deletion import DeletionLayout
from repatlas.figures.records import Records
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--similarity", required=True, nargs="+", type=Path, help="similarity files"
    )
    parser.add_argument(
        "--deletion", required=True, nargs="+", type=Path, help="accuracies after deletion"
    )
    parser.add_argument("--layout", required=True, help="what is shown: DeletionLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, DeletionLayout)
    records = Records.open(arguments.deletion, Deletion)
    figure, table = draw_deletion(Similarities.open(arguments.similarity), records, layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
