"""Draw alignment of linear learners against sample size, closed form and simulation."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.options import SIMULATION
from repatlas.figures.noise.theory import draw_theory


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_theory, NoiseLayout, SIMULATION)


if __name__ == "__main__":
    main()
