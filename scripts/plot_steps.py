"""Draw the share of the first component over the first training steps."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.experiments.results import Trajectory
from repatlas.figures.layouts.steps import StepsLayout
from repatlas.figures.records import Records
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout
from repatlas.figures.steps import draw_steps


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--trajectory", required=True, nargs="+", type=Path, help="trajectories of networks"
    )
    parser.add_argument("--layout", required=True, help="what is shown: StepsLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, StepsLayout)
    records = Records.open(arguments.trajectory, Trajectory)
    figure, table = draw_steps(records, layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
