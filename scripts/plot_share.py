"""Draw CKA within networks above the share of their first components."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.figures.inputs import Similarities
from repatlas.figures.save import save_figure
from repatlas.figures.share import draw_share
from repatlas.figures.spec import ShareLayout, read_layout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--similarity", required=True, nargs="+", type=Path, help="similarity files"
    )
    parser.add_argument("--layout", required=True, help="what is shown: ShareLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, ShareLayout)
    figure, table = draw_share(Similarities.open(arguments.similarity), layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
