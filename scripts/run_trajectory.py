"""Follow a network over its training, checkpoint by checkpoint."""

from pathlib import Path

from repatlas.errors import run_command
from repatlas.experiments.arguments import network_inputs, network_parser
from repatlas.experiments.network import open_network
from repatlas.experiments.trajectory import trajectory
from repatlas.records import write_record


def main() -> None:
    """Read the arguments and write the record."""
    parser = network_parser(__doc__)
    parser.add_argument("--checkpoints", required=True, type=Path, help="folder of the checkpoints")
    arguments = vars(parser.parse_args())
    with open_network(network_inputs(arguments)) as network:
        record = trajectory(network, arguments["checkpoints"])
    write_record(record, arguments["output"])


if __name__ == "__main__":
    run_command(main)
