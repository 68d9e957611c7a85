"""Draw a network over its training: CKA, dominant images, how it settles."""

from repatlas.experiments.results import Trajectory
from repatlas.figures.block_structure.dynamics import draw_dynamics
from repatlas.figures.command import figure_command
from repatlas.figures.layouts.dynamics import DynamicsLayout
from repatlas.figures.options import DATA
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_dynamics,
        DynamicsLayout,
        records("trajectory", Trajectory, "trajectories of networks"),
        DATA,
    )


if __name__ == "__main__":
    main()
