"""Judge the claims of the papers on the results of one study."""

import argparse
import sys
from pathlib import Path
from typing import get_args

from repatlas.arguments import whole_text
from repatlas.claims.evidence import read_evidence
from repatlas.claims.ledger import StudyFacts, judge_claims, write_entries
from repatlas.claims.load import load_claims
from repatlas.claims.spec import ClaimsSpec, Scale
from repatlas.errors import run_command
from repatlas.provenance import provenance
from repatlas.section import parse_section


def main() -> None:
    """Read the arguments and write the ledger."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", required=True, nargs="+", type=Path, help="claims as YAML")
    parser.add_argument(
        "--evidence",
        required=True,
        help="cells by role: JSON, a file of it, or - for standard input",
    )
    parser.add_argument("--study", required=True, help="name of the study")
    parser.add_argument("--scale", required=True, choices=get_args(Scale), help="its scale")
    parser.add_argument("--settings", default="{}", help="how claims are judged, as JSON")
    parser.add_argument("--output", required=True, type=Path, help="JSON to write")
    arguments = parser.parse_args()
    entries = judge_claims(
        [load_claims(path) for path in arguments.claims],
        read_evidence(whole_text(arguments.evidence)),
        parse_section(ClaimsSpec, arguments.settings, "--settings"),
        StudyFacts(arguments.study, arguments.scale, provenance()["study_config"]),
    )
    write_entries(entries, arguments.output)
    for entry in entries:
        print(f"{entry.id}: {entry.verdict} ({entry.reason})", file=sys.stderr)


if __name__ == "__main__":
    run_command(main)
