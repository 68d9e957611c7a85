"""Write the resolved config, the versions and the table of networks of a study."""

import argparse
from pathlib import Path

from repatlas.arguments import whole_text
from repatlas.errors import run_command
from repatlas.workflow.describe import describe_study


def main() -> None:
    """Read the arguments and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", required=True, help="resolved study as JSON, or -")
    parser.add_argument("--records", required=True, nargs="+", type=Path, help="run.json files")
    parser.add_argument("--config", required=True, type=Path, help="YAML to write")
    parser.add_argument("--versions", required=True, type=Path, help="text to write")
    parser.add_argument("--networks", required=True, type=Path, help="CSV to write")
    arguments = vars(parser.parse_args())
    describe_study(whole_text(arguments.pop("study")), **arguments)


if __name__ == "__main__":
    run_command(main)
