"""Draw the share of the first component over the first training steps."""

from repatlas.experiments.results import Trajectory
from repatlas.figures.block_structure.steps import draw_steps
from repatlas.figures.command import figure_command
from repatlas.figures.layouts.steps import StepsLayout
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_steps,
        StepsLayout,
        records("trajectory", Trajectory, "trajectories of networks"),
    )


if __name__ == "__main__":
    main()
