"""Translate examples in one layer of a network, and measure how CKA answers."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.similarity.translate_layer import translate_store


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--store", required=True, type=Path, help="activation store that keeps raw activations"
    )
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    parser.add_argument(
        "--layer", help="name of the layer (default: the last that is kept before the classifier)"
    )
    translate_store(**vars(parser.parse_args()))


if __name__ == "__main__":
    run_command(main)
