"""Map the units of every network of a group onto those of the others, with an L1 penalty."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.units.map_units import ALPHAS, map_units


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", required=True, type=Path, help="file of gathered units")
    parser.add_argument(
        "--alphas",
        nargs="+",
        type=float,
        default=ALPHAS,
        metavar="ALPHA",
        help="strengths of the penalty for a unit; 0 stands for least squares",
    )
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    map_units(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
