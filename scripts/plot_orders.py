"""Draw how alike networks of crossed initialisations and data orders are."""

from repatlas.figures.activations import STORES
from repatlas.figures.block_structure.orders import draw_orders
from repatlas.figures.command import figure_command
from repatlas.figures.inputs import SIMILARITY
from repatlas.figures.layouts.orders import OrdersLayout


def main() -> None:
    """Read the arguments and write the figure with its table."""
    figure_command(__doc__, draw_orders, OrdersLayout, SIMILARITY, STORES)


if __name__ == "__main__":
    main()
