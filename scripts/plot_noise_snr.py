"""Draw alignment of linear learners against the signal-to-noise ratio."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.options import SIMULATION
from repatlas.figures.noise.snr import draw_snr


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_snr, NoiseLayout, SIMULATION)


if __name__ == "__main__":
    main()
