"""Draw what networks keep of a feature that a context makes useless."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.context import draw_context
from repatlas.figures.universality.options import EMBEDDING


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_context, UniversalityLayout, EMBEDDING)


if __name__ == "__main__":
    main()
