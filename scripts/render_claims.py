"""Draw the table of claims as a page."""

import argparse
from pathlib import Path

from repatlas.claims.ledger import read_entries
from repatlas.claims.table import write_table
from repatlas.errors import run_command


def main() -> None:
    """Read the arguments and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", required=True, type=Path, help="ledger as JSON")
    parser.add_argument("--output", required=True, type=Path, help="HTML to write")
    arguments = parser.parse_args()
    write_table(read_entries(arguments.claims), arguments.output)


if __name__ == "__main__":
    run_command(main)
