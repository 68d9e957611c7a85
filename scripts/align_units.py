"""Score maps of several families between the units of every two networks."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.units.align_units import align_units


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--units", required=True, type=Path, help="gathered units of two networks or more"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the random rotations")
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    align_units(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
