"""Draw how alike networks of crossed initialisations and data orders are."""

import argparse
from pathlib import Path

from repatlas.errors import run_command
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.orders import OrdersLayout
from repatlas.figures.orders import draw_orders
from repatlas.figures.save import save_figure
from repatlas.figures.spec import read_layout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--similarity", required=True, nargs="+", type=Path, help="similarity files"
    )
    parser.add_argument("--stores", required=True, nargs="+", type=Path, help="activation stores")
    parser.add_argument("--layout", required=True, help="what is shown: OrdersLayout as JSON")
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    layout = read_layout(arguments.layout, OrdersLayout)
    figure, table = draw_orders(
        Similarities.open(arguments.similarity),
        Stores.open(arguments.stores),
        layout,
    )
    save_figure(figure, table, arguments.output)


if __name__ == "__main__":
    run_command(main)
