"""Run a study to its report and crate, and name the report, the claims and the main pictures."""

import argparse
import subprocess
import sys
from pathlib import Path

from repatlas.config.load import load_study
from repatlas.config.yaml_file import read_yaml
from repatlas.errors import run_command
from repatlas.workflow.clock import bring_back
from repatlas.workflow.disk import require_writable
from repatlas.workflow.locks import only_run, stale_lock, stop_orphans
from repatlas.workflow.summary import summary_lines

ROOT = Path(__file__).parents[1]

TARGETS = ("all", "report", "crate")
"""The report alone would not miss a figure that someone has deleted."""


def main() -> None:
    """Check the study, run what is missing, print where the results lie."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="study file; the default study if absent")
    parser.add_argument("--cores", default="all", help="number of cores, or all")
    arguments = parser.parse_args()
    study = load_study(ROOT / "config.yaml", read_yaml(arguments.study) if arguments.study else {})
    results = Path("results", study.study)
    command = ["snakemake", "--cores", arguments.cores]
    if arguments.study:
        command += ["--configfile", str(arguments.study)]
    with only_run(Path.cwd()):
        clear_killed_run(command)
        prepare_disk(results, command)
        status = subprocess.run([*command, "--keep-going", "--logger", "atlas", "--", *TARGETS])
    if status.returncode < 0:
        sys.exit(f"error: Snakemake was killed (signal {-status.returncode}): run the same again")
    if status.returncode:
        require_writable(results)
        sys.exit("error: not all jobs succeeded: mend what stands above and run the same again")
    print("\n".join(summary_lines(results)))


def clear_killed_run(command: list[str]) -> None:
    """Take away what a killed run left in this folder: its jobs and its lock."""
    if stop_orphans(Path.cwd()):
        say("an earlier run was killed: its jobs that were still at work have been stopped")
    if stale_lock(Path.cwd()):
        say("an earlier run was killed: going on from where it stopped")
        unlocked = subprocess.run([*command, "--unlock", "--quiet", "all"])
        if unlocked.returncode:
            sys.exit("error: the lock of the killed run could not be removed: run the same again")


def prepare_disk(results: Path, command: list[str]) -> None:
    """Refuse results that cannot be written to, unless there is nothing to write."""
    try:
        require_writable(results)
        later = bring_back([results, Path("workflow", "claims")])
        if later:
            say(f"a clock was set back: {later} files of a time to come are now of this moment")
    except OSError:
        plan = subprocess.run(
            [*command, "--dry-run", "--", *TARGETS], capture_output=True, text=True
        )
        if "Nothing to be done" not in plan.stdout + plan.stderr:
            raise


def say(line: str) -> None:
    """Write a line to standard error."""
    print(line, file=sys.stderr)


if __name__ == "__main__":
    run_command(main)
