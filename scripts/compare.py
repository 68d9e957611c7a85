"""Measure how similar the layers of networks are, from their activation stores."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.similarity.files import compare_stores


def main() -> None:
    """Read the arguments and write the similarity file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", required=True, nargs="+", type=Path, help="activation stores")
    parser.add_argument(
        "--pairs",
        required=True,
        choices=("within", "between"),
        help="the layers of one network, or of every two networks",
    )
    parser.add_argument("--output", required=True, type=Path, help="similarity file to write")
    compare_stores(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
