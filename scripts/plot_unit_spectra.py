"""Draw the sorted mean activations of the units of several networks."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.inputs import GATHERED
from repatlas.figures.units.spectra import draw_spectra


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_spectra, UnitsLayout, GATHERED)


if __name__ == "__main__":
    main()
