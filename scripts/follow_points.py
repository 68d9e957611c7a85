"""Train networks on pairs of points, and record how their representations part."""

import argparse
from pathlib import Path

from repatlas.dynamics.spec import TwoPointsSpec
from repatlas.dynamics.two_points import follow_two_points
from repatlas.errors import run_command
from repatlas.section import parse_section
from repatlas.setting_records import write_setting_record
from repatlas.training.device import configure_process, resolve_device


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", required=True, help="network and pairs as JSON")
    parser.add_argument("--threads", type=int, default=1, help="threads of the CPU")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:1")
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    spec = parse_section(TwoPointsSpec, arguments.points, "--points")
    device = resolve_device(arguments.device)
    configure_process(device, arguments.threads)
    write_setting_record(follow_two_points(spec, device), arguments.output)


if __name__ == "__main__":
    run_command(main)
