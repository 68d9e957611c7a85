"""Draw networks retrained on changed images beside standard ones."""

from repatlas.figures.activations import STORES
from repatlas.figures.block_structure.retraining import draw_retraining
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.retraining import RetrainingLayout
from repatlas.figures.options import DATA


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_retraining, RetrainingLayout, SIMILARITY, STORES, DATA)


if __name__ == "__main__":
    main()
