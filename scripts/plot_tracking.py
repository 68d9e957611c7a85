"""Draw the final network's dominant images over its training: projections and norms."""

from repatlas.experiments.results import Trajectory
from repatlas.figures.block_structure.tracking import draw_tracking
from repatlas.figures.command import figure_command
from repatlas.figures.layouts.tracking import TrackingLayout
from repatlas.figures.options import DATA
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_tracking,
        TrackingLayout,
        records("trajectory", Trajectory, "trajectories of networks"),
        DATA,
    )


if __name__ == "__main__":
    main()
