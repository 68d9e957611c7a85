"""Draw projections on first components, with the images that project furthest."""

from repatlas.figures.activations import STORES
from repatlas.figures.block_structure.projections import draw_projections
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.options import DATA
from repatlas.figures.spec import ProjectionsLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_projections, ProjectionsLayout, SIMILARITY, STORES, DATA)


if __name__ == "__main__":
    main()
