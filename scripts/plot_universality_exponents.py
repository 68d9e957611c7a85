"""Draw how distances grow with depth, and how fast pairs are learnt."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.exponents import draw_exponents
from repatlas.figures.universality.options import LAWS


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_exponents, UniversalityLayout, LAWS)


if __name__ == "__main__":
    main()
