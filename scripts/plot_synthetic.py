"""Draw responses to solid colours beside the dominant image."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.experiments.results import Synthetic
from repatlas.figures.layouts.synthetic import SyntheticLayout
from repatlas.figures.records import Records
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout
from repatlas.figures.synthetic import draw_synthetic


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--synthetic", required=True, nargs="+", type=Path, help="responses to synthetic images"
    )
    parser.add_argument("--layout", required=True, help="what is shown: SyntheticLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, SyntheticLayout)
    records = Records.open(arguments.synthetic, Synthetic)
    figure, table = draw_synthetic(records, layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
