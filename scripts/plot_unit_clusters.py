"""Draw clusters of the units of two networks together."""

from repatlas.figures.command import figure_command
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.options import DATA
from repatlas.figures.units.clusters import draw_clusters
from repatlas.figures.units.inputs import GATHERED
from repatlas.figures.units.record_inputs import CLUSTERS


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_clusters, UnitsLayout, GATHERED, CLUSTERS, DATA)


if __name__ == "__main__":
    main()
