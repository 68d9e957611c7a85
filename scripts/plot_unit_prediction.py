"""Draw how few units predict a unit."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.prediction import draw_prediction
from repatlas.figures.units.record_inputs import MAPS


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_prediction, UnitsLayout, MAPS)


if __name__ == "__main__":
    main()
