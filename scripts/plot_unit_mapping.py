"""Draw the sparse map that predicts the units of a network."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.options import DATA
from repatlas.figures.units.inputs import GATHERED
from repatlas.figures.units.mapping import draw_mapping
from repatlas.figures.units.record_inputs import MAPS


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_mapping, UnitsLayout, GATHERED, MAPS, DATA)


if __name__ == "__main__":
    main()
