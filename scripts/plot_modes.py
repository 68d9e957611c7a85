"""Draw how few images carry first components, and how far they are the same ones."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.experiments.results import Trajectory
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.modes import ModesLayout
from repatlas.figures.modes import draw_modes
from repatlas.figures.records import Records
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--similarity", required=True, nargs="+", type=Path, help="similarity files"
    )
    parser.add_argument("--stores", required=True, nargs="+", type=Path, help="activation stores")
    parser.add_argument(
        "--trajectory", nargs="*", default=[], type=Path, help="records of networks in training"
    )
    parser.add_argument("--layout", required=True, help="what is shown: ModesLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, ModesLayout)
    figure, table = draw_modes(
        Similarities.open(arguments.similarity),
        Stores.open(arguments.stores),
        layout,
        Records.open(arguments.trajectory, Trajectory),
    )
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
