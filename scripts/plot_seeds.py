"""Draw CKA within each of two networks and between them."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.figures.inputs import Similarities
from repatlas.figures.save import save_figure
from repatlas.figures.seeds import draw_seeds
from repatlas.figures.spec import SeedsLayout, read_layout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--similarity", required=True, nargs="+", type=Path, help="similarity files"
    )
    parser.add_argument("--layout", required=True, help="what is shown: SeedsLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, SeedsLayout)
    figure, table = draw_seeds(Similarities.open(arguments.similarity), layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
