"""Train networks on the context task, and record where they put all inputs."""

from pathlib import Path

from repatlas.dynamics.arguments import start_task, task_parser
from repatlas.dynamics.context import follow_context
from repatlas.dynamics.spec import ContextSpec
from repatlas.errors import run_command
from repatlas.setting_records import write_setting_record


def main() -> None:
    """Read the arguments and write the record."""
    parser = task_parser(__doc__)
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    record = follow_context(*start_task(ContextSpec, arguments))
    write_setting_record(record, arguments.output)


if __name__ == "__main__":
    run_command(main)
