"""Cluster the units of every two networks of a group together."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.units.cluster_units import cluster_units
from repatlas.units.clusters import THRESHOLD


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", required=True, type=Path, help="file of gathered units")
    parser.add_argument(
        "--threshold",
        type=float,
        default=THRESHOLD,
        help="correlation below which two units are not joined",
    )
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    cluster_units(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
