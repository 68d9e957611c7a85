"""Draw how the alignment of units changes where images are changed."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.record_inputs import PROBES
from repatlas.figures.units.shift import draw_shift


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_shift, UnitsLayout, PROBES)


if __name__ == "__main__":
    main()
