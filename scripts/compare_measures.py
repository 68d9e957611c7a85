"""Measure how similar the layers of a network are by measures other than linear CKA."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.similarity.measure_layers import compare_measures


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", required=True, type=Path, help="activation store")
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    compare_measures(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
