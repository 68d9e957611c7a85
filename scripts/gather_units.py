"""Run a group of trained networks on a probe set and gather what their units do."""

import argparse
from pathlib import Path

from repatlas.arguments import whole_text
from repatlas.errors import run_command
from repatlas.store.spec import parse_probe
from repatlas.training.spec import parse_runs
from repatlas.units.collect import gather_units
from repatlas.units.spec import parse_units


def main() -> None:
    """Read the arguments and write the file of gathered units."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", required=True, help="the runs, as a JSON list, or -")
    parser.add_argument(
        "--weights",
        required=True,
        type=Path,
        nargs="+",
        help="for each run its safetensors file, or the folder of its checkpoints",
    )
    parser.add_argument("--checkpoint", required=True, help="final, or the name of a checkpoint")
    parser.add_argument("--probe", required=True, help="the probe set, as JSON")
    parser.add_argument("--data", required=True, type=Path, help="data set of the probe set")
    parser.add_argument("--units", required=True, help="what is gathered, as JSON")
    parser.add_argument("--threads", type=int, default=1, help="threads of the CPU")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:1")
    parser.add_argument("--output", required=True, type=Path, help="file to write")
    arguments = vars(parser.parse_args())
    runs, probe = parse_runs(whole_text(arguments.pop("runs"))), parse_probe(arguments.pop("probe"))
    gather_units(runs=runs, probe=probe, spec=parse_units(arguments.pop("units")), **arguments)


if __name__ == "__main__":
    run_command(main)
