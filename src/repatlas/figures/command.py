"""The command line that the scripts of all figures share."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from repatlas.arguments import whole_text
from repatlas.errors import run_command
from repatlas.figures.options import Input
from repatlas.figures.save import save_figure
from repatlas.figures.spec import Layout, read_layout

Draw = Callable[..., tuple[Figure, pd.DataFrame]]


def figure_command(
    description: str | None, draw: Draw, layout: type[Layout], *inputs: Input
) -> None:
    """Read the command line of a figure, draw it, save it with its table.

    Parameters
    ----------
    description
        What the figure shows.
    draw
        Takes what the inputs open to, in their order, and the layout; gives figure and table.
    layout
        Kind of its layout.
    inputs
        Its input files.
    """
    run_command(lambda: _draw_and_save(description, draw, layout, inputs))


def _draw_and_save(
    description: str | None, draw: Draw, layout: type[Layout], inputs: Sequence[Input]
) -> None:
    parser = argparse.ArgumentParser(description=description)
    for item in inputs:
        parser.add_argument(
            f"--{item.option}",
            required=item.required,
            default=[],
            nargs="+" if item.required else "*",
            type=Path,
            help=item.help,
        )
    parser.add_argument(
        "--layout",
        required=True,
        help=f"what is shown: {layout.__name__} as JSON, or - for standard input",
    )
    parser.add_argument(
        "--output", required=True, type=Path, help="path without the suffixes .png .svg .pdf .csv"
    )
    arguments = parser.parse_args()
    arrangement = read_layout(whole_text(arguments.layout), layout)
    opened = [item.open(getattr(arguments, item.option)) for item in inputs]
    figure, table = draw(*opened, arrangement)
    save_figure(figure, table, arguments.output)
