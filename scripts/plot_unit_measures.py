"""Draw every measure by layer, raw and above chance."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.measures import draw_measures
from repatlas.figures.units.record_inputs import ALIGNMENTS, EXAMPLES, INITIAL


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_measures, UnitsLayout, ALIGNMENTS, INITIAL, EXAMPLES)


if __name__ == "__main__":
    main()
