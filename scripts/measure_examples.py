"""Measure how alike networks arrange examples, layer by layer, against a permutation null."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.units.measure_examples import PERMUTATIONS, measure_examples


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--stores", required=True, nargs="+", type=Path, help="activation stores of the networks"
    )
    parser.add_argument(
        "--units",
        required=True,
        type=Path,
        help="gathered units of the same networks in the same order, which name the layers",
    )
    parser.add_argument(
        "--permutations",
        type=int,
        default=PERMUTATIONS,
        help=f"permutations of the null (default: {PERMUTATIONS})",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the permutations")
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    measure_examples(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
