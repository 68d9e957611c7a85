"""Prepare one data set: read, cut and choose its images, and write them as HDF5."""

import argparse
import sys

from repatlas.data.dataset import write_dataset
from repatlas.data.sources import load_dataset
from repatlas.data.spec import parse_spec
from repatlas.errors import run_command


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="what the study calls the data set")
    parser.add_argument("--spec", required=True, help="its DataSpec as JSON")
    parser.add_argument("--output", required=True, help="the HDF5 file to write")
    arguments = parser.parse_args()
    dataset = load_dataset(arguments.name, parse_spec(arguments.spec))
    write_dataset(dataset, arguments.output)
    height, width = dataset.train.images.shape[2:]
    print(
        f"{dataset.name}: {len(dataset.train)} train and {len(dataset.test)} test images of "
        f"{height} x {width} px in {len(dataset.classes)} classes",
        file=sys.stderr,
    )


if __name__ == "__main__":
    run_command(main)
