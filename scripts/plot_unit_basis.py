"""Draw whether units have a privileged basis."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.basis import draw_basis
from repatlas.figures.units.record_inputs import ALIGNMENTS, INITIAL


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_basis, UnitsLayout, ALIGNMENTS, INITIAL)


if __name__ == "__main__":
    main()
