"""Measure how hidden distances and learning times depend on the targets of a pair."""

import argparse
from pathlib import Path

from repatlas.dynamics.layer_law import measure_layer_law
from repatlas.dynamics.results import Trajectories
from repatlas.errors import run_command
from repatlas.setting_records import read_setting_record, write_setting_record


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--trajectories", required=True, type=Path, help="networks that learnt a grid of pairs"
    )
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    grid = read_setting_record(Trajectories, arguments.trajectories)
    write_setting_record(measure_layer_law(grid), arguments.output)


if __name__ == "__main__":
    run_command(main)
