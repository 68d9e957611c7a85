"""Say how much work a study is before it is begun: operations, hours, room on disk."""

import argparse
from pathlib import Path

from repatlas.config.load import load_study
from repatlas.config.yaml_file import read_yaml
from repatlas.errors import run_command
from repatlas.workflow.estimate import estimate

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Read the arguments and print the estimate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="study file; the default study if absent")
    parser.add_argument(
        "--rate",
        type=float,
        default=1.2e11,
        help="floating-point operations a second of training on one machine (default: 1.2e11, one "
        "core of an AMD EPYC (Zen 5) in bfloat16, measured with benchmarks/training.py)",
    )
    parser.add_argument("--machine", default="one core", help="its name (default: one core)")
    given = parser.parse_args()
    study = load_study(ROOT / "config.yaml", read_yaml(given.study) if given.study else {})
    print("\n".join(estimate(study).lines(given.rate, given.machine)))


if __name__ == "__main__":
    run_command(main)
