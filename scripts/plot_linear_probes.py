"""Draw the accuracy of linear classifiers by layer."""

from repatlas.experiments.results import LinearProbes
from repatlas.figures.block_structure.linear_probes import draw_linear_probes
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.linear_probes import LinearProbesLayout
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_linear_probes,
        LinearProbesLayout,
        SIMILARITY,
        records("linear_probes", LinearProbes, "accuracies of linear classifiers"),
    )


if __name__ == "__main__":
    main()
