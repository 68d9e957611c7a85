"""Train an ensemble of small networks on noisy labels, and compare its members."""

import argparse
from pathlib import Path

from repatlas.data.dataset import read_dataset
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.ensembles.train import train_ensemble
from repatlas.errors import run_command
from repatlas.section import parse_section
from repatlas.setting_records import write_setting_record
from repatlas.training.device import configure_process, resolve_device


def main() -> None:
    """Read the arguments and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ensemble", required=True, help="its settings as JSON")
    parser.add_argument("--data", type=Path, help="data set, where the ensemble learns one")
    parser.add_argument("--threads", type=int, default=1, help="threads of the CPU")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:1")
    parser.add_argument("--output", required=True, type=Path, help="record to write")
    arguments = parser.parse_args()
    spec = parse_section(EnsembleSpec, arguments.ensemble, "--ensemble")
    device = resolve_device(arguments.device)
    configure_process(device, arguments.threads)
    dataset = None if arguments.data is None else read_dataset(arguments.data)
    write_setting_record(train_ensemble(spec, dataset, device), arguments.output)


if __name__ == "__main__":
    run_command(main)
