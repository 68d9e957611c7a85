"""Draw how well families of maps align the units of networks."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.families import draw_families
from repatlas.figures.units.record_inputs import ALIGNMENTS, INITIAL, WIDTHS


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_families, UnitsLayout, ALIGNMENTS, INITIAL, WIDTHS)


if __name__ == "__main__":
    main()
