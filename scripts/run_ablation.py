"""Score a network while single directions of its layers are projected out."""

from repatlas.errors import run_command
from repatlas.experiments.ablation import COMPONENTS, ablation
from repatlas.experiments.arguments import experiment_parser, network_inputs
from repatlas.experiments.measured import read_measured
from repatlas.experiments.network import open_network
from repatlas.records import write_record


def main() -> None:
    """Read the arguments and write the record."""
    arguments = vars(experiment_parser(__doc__).parse_args())
    with open_network(network_inputs(arguments)) as network:
        files = arguments["store"], arguments["similarity"]
        measured = read_measured(network, *files, components=COMPONENTS)
        record = ablation(network, measured)
    write_record(record, arguments["output"])


if __name__ == "__main__":
    run_command(main)
