"""Train one network of a study, or take its weights as they are."""

import argparse
from pathlib import Path

from repatlas.data.dataset import read_dataset
from repatlas.errors import run_command
from repatlas.training.job import TrainingOutputs, run_training
from repatlas.training.spec import parse_run


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True, help="the run as JSON")
    parser.add_argument("--data", type=Path, required=True, help="data set, HDF5")
    parser.add_argument(
        "--scratch", type=Path, required=True, help="folder from which a killed training goes on"
    )
    parser.add_argument(
        "--start", type=Path, help="weights that the run takes over, where its recipe has `start`"
    )
    parser.add_argument(
        "--examples", type=Path, help="images that it changes, where its recipe has `edit`, JSON"
    )
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: 1)")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or cuda:1")
    parser.add_argument("--model", type=Path, required=True, help="final weights, written")
    parser.add_argument("--checkpoints", type=Path, required=True, help="folder, written")
    parser.add_argument("--history", type=Path, required=True, help="CSV, written")
    parser.add_argument("--record", type=Path, required=True, help="JSON, written")
    given = parser.parse_args()
    outputs = TrainingOutputs(given.model, given.checkpoints, given.history, given.record)
    run_training(
        parse_run(given.run),
        read_dataset(given.data),
        given.scratch,
        outputs,
        given.threads,
        given.device,
        start=given.start,
        examples=given.examples,
    )


if __name__ == "__main__":
    run_command(main)
