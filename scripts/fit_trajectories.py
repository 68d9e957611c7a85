"""Fit the effective theory of a pair to networks that were followed while they learnt it."""

import argparse
from pathlib import Path

from repatlas.dynamics.fitting import fit_trajectories
from repatlas.dynamics.results import Trajectories
from repatlas.errors import run_command
from repatlas.setting_records import read_setting_record, write_setting_record


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trajectories", required=True, type=Path, help="followed networks")
    parser.add_argument(
        "--layers",
        choices=("compared", "all"),
        default="compared",
        help="hidden layers to fit: the one that is compared with theory, or all",
    )
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    followed = read_setting_record(Trajectories, arguments.trajectories)
    fits = fit_trajectories(followed, all_layers=arguments.layers == "all")
    write_setting_record(fits, arguments.output)


if __name__ == "__main__":
    run_command(main)
