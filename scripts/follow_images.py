"""Train networks on images; record the course of two of them, and distances between all classes."""

from pathlib import Path

from repatlas.data.dataset import read_dataset
from repatlas.dynamics.arguments import start_task, task_parser
from repatlas.dynamics.images import follow_images
from repatlas.dynamics.spec import ImagesSpec
from repatlas.errors import run_command
from repatlas.setting_records import write_setting_record


def main() -> None:
    """Read the arguments and write both records."""
    parser = task_parser(__doc__)
    parser.add_argument("--data", required=True, type=Path, help="data set that is learnt")
    parser.add_argument("--pair", required=True, type=Path, help="record of the two images")
    parser.add_argument("--classes", required=True, type=Path, help="record of all classes")
    arguments = parser.parse_args()
    spec, device = start_task(ImagesSpec, arguments)
    followed = follow_images(spec, read_dataset(arguments.data), device)
    write_setting_record(followed.pair, arguments.pair)
    write_setting_record(followed.classes, arguments.classes)


if __name__ == "__main__":
    run_command(main)
