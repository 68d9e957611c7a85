"""Tell final hidden distances of many pairs with rates that were fitted to another pair."""

import argparse
from pathlib import Path

from repatlas.dynamics.distances import predict_distances
from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import Trajectories
from repatlas.errors import run_command
from repatlas.setting_records import read_setting_record, write_setting_record


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--trajectories", required=True, type=Path, help="networks that learnt a grid of pairs"
    )
    parser.add_argument(
        "--fits", required=True, type=Path, help="fits of the same network to one pair"
    )
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    grid = read_setting_record(Trajectories, arguments.trajectories)
    fits = read_setting_record(Fits, arguments.fits)
    write_setting_record(predict_distances(grid, fits), arguments.output)


if __name__ == "__main__":
    run_command(main)
