"""Run a trained network on a probe set and write its activation store."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.store.extract import extract
from repatlas.store.spec import parse_probe
from repatlas.training.spec import parse_run


def main() -> None:
    """Read the arguments and write the store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True, type=str, help="the run, as JSON")
    parser.add_argument("--checkpoint", required=True, help="final, or the name of a checkpoint")
    parser.add_argument("--weights", required=True, type=Path, help="its safetensors file")
    parser.add_argument("--probe", required=True, help="the probe set, as JSON")
    parser.add_argument("--data", required=True, type=Path, help="data set of the probe set")
    parser.add_argument("--threads", type=int, default=1, help="threads of the CPU")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:1")
    parser.add_argument(
        "--without", type=Path, help="list of images that the probe set does without"
    )
    parser.add_argument("--output", required=True, type=Path, help="store to write")
    arguments = vars(parser.parse_args())
    run, probe = parse_run(arguments.pop("run")), parse_probe(arguments.pop("probe"))
    extract(run=run, probe=probe, **arguments)


if __name__ == "__main__":
    run_command(main)
