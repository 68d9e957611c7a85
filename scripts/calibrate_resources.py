"""Compare what jobs ask for with what finished ones took, and fit the one to the other."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from repatlas.errors import run_command
from repatlas.workflow.resources.coefficients import (
    COEFFICIENTS_FILE,
    read_coefficients,
    write_coefficients,
)
from repatlas.workflow.resources.comparison import compare
from repatlas.workflow.resources.fitting import fit
from repatlas.workflow.resources.measured import measured_study
from repatlas.workflow.resources.show import comparison_table, summary

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Read the records, fit if asked to, and print the table; exit status 1 for a small request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--results",
        type=Path,
        nargs="+",
        required=True,
        help="folders of the results of studies, such as results/smoke",
    )
    parser.add_argument(
        "--coefficients",
        type=Path,
        default=ROOT / COEFFICIENTS_FILE,
        help=f"file of the coefficients (default: {COEFFICIENTS_FILE}, which the workflow reads)",
    )
    parser.add_argument(
        "--write", action="store_true", help="fit the coefficients and write them to their file"
    )
    given = parser.parse_args()
    coefficients = read_coefficients(given.coefficients)
    studies = [measured_study(ROOT, results) for results in given.results]
    jobs = [job for study in studies for job in study.jobs]
    if given.write:
        coefficients = fit(coefficients, jobs)
        write_coefficients(coefficients, given.coefficients)
    rows = compare(jobs, coefficients)
    console = Console(width=None if sys.stdout.isatty() else 100, highlight=False)
    console.print(comparison_table(rows))
    console.print(summary(rows))
    unnamed = sum(study.unnamed for study in studies)
    foreign = sum(study.foreign for study in studies)
    if unnamed:
        console.print(f"left out: {unnamed} records that are not extended (see the profile)")
    if foreign:
        console.print(f"left out: {foreign} records of jobs that the study does not have")
    sys.exit(1 if any(row.short for row in rows) else 0)


if __name__ == "__main__":
    run_command(main)
