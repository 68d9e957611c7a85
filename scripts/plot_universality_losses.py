"""Draw the loss over training in many networks, with that of the theory."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.losses import draw_losses
from repatlas.figures.universality.options import FITS, TRAJECTORIES


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_losses, UniversalityLayout, TRAJECTORIES, FITS)


if __name__ == "__main__":
    main()
