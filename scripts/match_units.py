"""Match every unit of every network with one of each other network."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.units.match_units import match_units


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--units", required=True, type=Path, help="gathered units of two networks or more"
    )
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    match_units(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
