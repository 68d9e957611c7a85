"""Draw the final network's dominant images over its training: projections and norms."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.experiments.results import Trajectory
from repatlas.figures.layouts.tracking import TrackingLayout
from repatlas.figures.records import Records
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout
from repatlas.figures.tracking import draw_tracking


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--trajectory", required=True, nargs="+", type=Path, help="trajectories of networks"
    )
    parser.add_argument("--data", required=True, type=Path, help="data set of the probe images")
    parser.add_argument("--layout", required=True, help="what is shown: TrackingLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, TrackingLayout)
    records = Records.open(arguments.trajectory, Trajectory)
    figure, table = draw_tracking(records, arguments.data, layout)
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
