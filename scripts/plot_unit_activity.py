"""Draw the most and the least active units of several networks."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.options import DATA
from repatlas.figures.units.activity import draw_activity
from repatlas.figures.units.inputs import GATHERED


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_activity, UnitsLayout, GATHERED, DATA)


if __name__ == "__main__":
    main()
