"""Train networks on exclusive or, and record how far apart the four points lie."""

from pathlib import Path

from repatlas.dynamics.arguments import start_task, task_parser
from repatlas.dynamics.spec import XorSpec
from repatlas.dynamics.xor import follow_xor
from repatlas.errors import run_command
from repatlas.setting_records import write_setting_record


def main() -> None:
    """Read the arguments and write the record."""
    parser = task_parser(__doc__)
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    record = follow_xor(*start_task(XorSpec, arguments))
    write_setting_record(record, arguments.output)


if __name__ == "__main__":
    run_command(main)
