"""Draw activation norms of dominant images, and norms against projections."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.norms import NormsLayout
from repatlas.figures.norms import draw_norms
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--similarity", required=True, nargs="+", type=Path, help="similarity files"
    )
    parser.add_argument("--stores", required=True, nargs="+", type=Path, help="activation stores")
    parser.add_argument("--data", required=True, type=Path, help="data set of the probe images")
    parser.add_argument("--layout", required=True, help="what is shown: NormsLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, NormsLayout)
    figure, table = draw_norms(
        Similarities.open(arguments.similarity),
        Stores.open(arguments.stores),
        arguments.data,
        layout,
    )
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
