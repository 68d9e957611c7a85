"""Solve noisy linear regression exactly, and compare learners whose noise is independent."""

import argparse
from pathlib import Path

from repatlas.ensembles.simulate import simulate_alignment
from repatlas.ensembles.spec import SimulationSpec
from repatlas.errors import run_command
from repatlas.section import parse_section
from repatlas.setting_records import write_setting_record


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulation", required=True, help="its settings as JSON")
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    spec = parse_section(SimulationSpec, arguments.simulation, "--simulation")
    write_setting_record(simulate_alignment(spec), arguments.output)


if __name__ == "__main__":
    run_command(main)
