"""Draw the accuracy of linear classifiers by layer."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.experiments.results import LinearProbes
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.linear_probes import LinearProbesLayout
from repatlas.figures.linear_probes import draw_linear_probes
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
        "--linear_probes",
        required=True,
        nargs="+",
        type=Path,
        help="accuracies of linear classifiers",
    )
    parser.add_argument("--layout", required=True, help="what is shown: LinearProbesLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, LinearProbesLayout)
    records = Records.open(arguments.linear_probes, LinearProbes)
    figure, table = draw_linear_probes(Similarities.open(arguments.similarity), records, layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
