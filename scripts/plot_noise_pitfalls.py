"""Draw what linear CKA shows besides what learners of noisy labels have learnt."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.options import SIMULATION, ensembles
from repatlas.figures.noise.pitfalls import draw_pitfalls


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_pitfalls, NoiseLayout, SIMULATION, ensembles(required=False))


if __name__ == "__main__":
    main()
