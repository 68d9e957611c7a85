"""Draw how well the theory fits each hidden layer, and with which rates."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.layers import draw_layers
from repatlas.figures.universality.options import FITS


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_layers, UniversalityLayout, FITS)


if __name__ == "__main__":
    main()
