"""Export a finished study as a Workflow Run RO-Crate."""

import argparse
from pathlib import Path

from repatlas.config.load import parse_study, read_yaml
from repatlas.errors import run_command
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.crate.archive import write_archive
from repatlas.workflow.crate.build import build_crate
from repatlas.workflow.crate.contents import crate_contents

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Read the arguments and write the crate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True, type=Path, help="the study's resolved config")
    parser.add_argument("--output", required=True, type=Path, help="zip to write")
    arguments = parser.parse_args()
    contents = crate_contents(Atlas(ROOT, parse_study(read_yaml(arguments.config))))
    write_archive(build_crate(contents, ROOT), arguments.output)


if __name__ == "__main__":
    run_command(main)
