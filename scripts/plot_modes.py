"""Draw how few images carry first components, and how far they are the same ones."""

from repatlas.experiments.results import Trajectory
from repatlas.figures.activations import STORES
from repatlas.figures.block_structure.modes import draw_modes
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.modes import ModesLayout
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_modes,
        ModesLayout,
        SIMILARITY,
        STORES,
        records("trajectory", Trajectory, "trajectories of networks", required=False),
    )


if __name__ == "__main__":
    main()
