"""Command lines of the experiments, which share most of their options."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from repatlas.experiments.network import NetworkInputs
from repatlas.store.spec import parse_probe
from repatlas.training.spec import parse_run

OPTIONS = ("run", "weights", "probe", "data", "checkpoint", "threads", "device")
"""Those that name a network and its probe set."""


def network_parser(description: str | None) -> ArgumentParser:
    """Make a parser of the options that name a network, its probe set and the record."""
    parser = ArgumentParser(description=description)
    parser.add_argument("--run", required=True, help="the run, as JSON")
    parser.add_argument("--weights", required=True, type=Path, help="its safetensors file")
    parser.add_argument("--probe", required=True, help="the probe set, as JSON")
    parser.add_argument("--data", required=True, type=Path, help="data set of the probe set")
    parser.add_argument("--threads", type=int, default=1, help="threads of the CPU")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:1")
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    return parser


def experiment_parser(description: str | None) -> ArgumentParser:
    """Make a parser of the options of an experiment with one set of weights."""
    parser = network_parser(description)
    parser.add_argument("--checkpoint", required=True, help="final, or the name of a checkpoint")
    parser.add_argument("--store", required=True, type=Path, help="its activation store")
    parser.add_argument(
        "--similarity", required=True, type=Path, help="similarity of its layers with each other"
    )
    return parser


def network_inputs(arguments: dict[str, Any]) -> NetworkInputs:
    """Take the network and its probe set out of parsed arguments.

    Raises
    ------
    InputError
        A run or a probe set that is no JSON or has an impossible value.
    """
    named = {option: arguments[option] for option in OPTIONS if option in arguments}
    named |= {"run": parse_run(named["run"]), "probe": parse_probe(named["probe"])}
    return NetworkInputs(**named)
