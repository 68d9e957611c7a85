"""Draw how the alignment of units comes about during training."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.record_inputs import CHECKPOINTS
from repatlas.figures.units.training import draw_training


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_training, UnitsLayout, CHECKPOINTS)


if __name__ == "__main__":
    main()
