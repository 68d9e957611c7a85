"""Run a study to its report and crate, and name the report, the claims and the main pictures."""

import argparse
import subprocess
import sys
from pathlib import Path

from repatlas.config.load import load_study
from repatlas.config.yaml_file import read_yaml
from repatlas.errors import run_command
from repatlas.workflow.locks import stale_lock
from repatlas.workflow.summary import summary_lines

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Check the study, run what is missing, print where the results lie."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="study file; the default study if absent")
    parser.add_argument("--cores", default="all", help="number of cores, or all")
    arguments = parser.parse_args()
    study = load_study(ROOT / "config.yaml", read_yaml(arguments.study) if arguments.study else {})
    command = ["snakemake", "--cores", arguments.cores]
    if arguments.study:
        command += ["--configfile", str(arguments.study)]
    if stale_lock(Path.cwd()):
        print("an earlier run was killed: going on from where it stopped", file=sys.stderr)
        subprocess.run([*command, "--unlock", "--quiet", "all"], check=True)
    status = subprocess.run(
        [*command, "--keep-going", "--logger", "atlas", "--", "report", "crate"]
    )
    if status.returncode:
        sys.exit("error: not all jobs succeeded: mend what stands above and run the same again")
    print("\n".join(summary_lines(Path("results", study.study))))


if __name__ == "__main__":
    run_command(main)
