"""Draw alignment of learners of noisy labels against their test error."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.generalisation import draw_generalisation
from repatlas.figures.noise.options import SIMULATION, ensembles


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_generalisation, NoiseLayout, SIMULATION, ensembles(required=False))


if __name__ == "__main__":
    main()
