"""Choose images by what a network makes of them: the dominant ones, or as many as a control."""

import argparse
from pathlib import Path
from typing import get_args

from repatlas.data.examples import Choice
from repatlas.errors import run_command
from repatlas.similarity.choose import choose_examples


def main() -> None:
    """Read the arguments and write the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", required=True, type=Path, help="activation store")
    parser.add_argument(
        "--similarity", required=True, type=Path, help="similarity of its layers with each other"
    )
    parser.add_argument("--images", required=True, choices=get_args(Choice), help="which images")
    parser.add_argument(
        "--fraction", required=True, type=float, help="share of the images of the store"
    )
    parser.add_argument("--output", required=True, type=Path, help="list to write, as JSON")
    choose_examples(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
