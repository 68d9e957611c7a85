"""Draw responses to solid colours beside the dominant image."""

from repatlas.experiments.results import Synthetic
from repatlas.figures.block_structure.synthetic import draw_synthetic
from repatlas.figures.command import figure_command
from repatlas.figures.layouts.synthetic import SyntheticLayout
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_synthetic,
        SyntheticLayout,
        records("synthetic", Synthetic, "responses to synthetic images"),
    )


if __name__ == "__main__":
    main()
