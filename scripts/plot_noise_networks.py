"""Draw alignment and test error of networks trained on noisy labels against sample size."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.networks import draw_networks
from repatlas.figures.noise.options import ensembles


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_networks, NoiseLayout, ensembles(required=True))


if __name__ == "__main__":
    main()
