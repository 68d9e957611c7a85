"""Compare distances of the same points in several networks, setting by setting."""

import argparse
from pathlib import Path

from repatlas.dynamics.geometry import compare_geometry
from repatlas.dynamics.results import PairDistances
from repatlas.errors import InputError, run_command
from repatlas.setting_records import read_setting_record, write_setting_record


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--distances",
        required=True,
        nargs="+",
        type=Path,
        help="distances of points, a file a network, which is called as its file",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the permutations")
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    paths = {path.stem: path for path in arguments.distances}
    if len(paths) < len(arguments.distances):
        raise InputError("--distances: two files have the same name; networks are called by it")
    found = {name: read_setting_record(PairDistances, path) for name, path in paths.items()}
    write_setting_record(compare_geometry(found, seed=arguments.seed), arguments.output)


if __name__ == "__main__":
    run_command(main)
