"""Draw CKA with and without the first component, its share and its cosines."""

from repatlas.figures.block_structure.components import draw_components
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.spec import ComponentsLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_components, ComponentsLayout, SIMILARITY)


if __name__ == "__main__":
    main()
