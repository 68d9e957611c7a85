"""Arguments that all scripts of this stage share."""

import argparse

import torch

from repatlas.section import AnySection, parse_section
from repatlas.training.device import configure_process, resolve_device


def task_parser(description: str | None) -> argparse.ArgumentParser:
    """Parser of a script that trains networks on a task."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--task", required=True, help="networks and what they learn, as JSON")
    parser.add_argument("--threads", type=int, default=1, help="threads of the CPU (default: 1)")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or cuda:1")
    return parser


def start_task(
    kind: type[AnySection], arguments: argparse.Namespace
) -> tuple[AnySection, torch.device]:
    """Read the task, and prepare the process for it.

    Raises
    ------
    InputError
        An impossible task, device or number of threads.
    """
    spec = parse_section(kind, arguments.task, "--task")
    device = resolve_device(arguments.device)
    configure_process(device, arguments.threads)
    return spec, device
