"""Draw which colours networks answer to."""

from repatlas.experiments.results import Synthetic
from repatlas.figures.block_structure.colors import draw_colors
from repatlas.figures.command import figure_command
from repatlas.figures.layouts.colors import ColorsLayout
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_colors,
        ColorsLayout,
        records("synthetic", Synthetic, "responses to synthetic images"),
    )


if __name__ == "__main__":
    main()
