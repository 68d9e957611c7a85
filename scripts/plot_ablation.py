"""Draw answers to dominant images, and accuracy with directions projected out."""

from repatlas.experiments.results import Ablation
from repatlas.figures.activations import STORES
from repatlas.figures.block_structure.ablation import draw_ablation
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.ablation import AblationLayout
from repatlas.figures.records import records


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(
        __doc__,
        draw_ablation,
        AblationLayout,
        SIMILARITY,
        STORES,
        records("ablation", Ablation, "what was projected out"),
    )


if __name__ == "__main__":
    main()
