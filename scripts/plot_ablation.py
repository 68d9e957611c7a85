"""Draw answers to dominant images, and accuracy with directions projected out."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.experiments.results import Ablation
from repatlas.figures.ablation import draw_ablation
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.ablation import AblationLayout
from repatlas.figures.records import Records
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--similarity", required=True, nargs="+", type=Path, help="similarity files"
    )
    parser.add_argument("--stores", required=True, nargs="+", type=Path, help="activation stores")
    parser.add_argument(
        "--ablation",
        required=True,
        nargs="+",
        type=Path,
        help="accuracies with directions projected out",
    )
    parser.add_argument("--layout", required=True, help="what is shown: AblationLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, AblationLayout)
    records = Records.open(arguments.ablation, Ablation)
    figure, table = draw_ablation(
        Similarities.open(arguments.similarity), Stores.open(arguments.stores), records, layout
    )
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
