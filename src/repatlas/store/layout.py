"""What an activation store holds, and where: shared by its writer and its reader."""

from dataclasses import dataclass

FORMAT = "repatlas.activations"
VERSION = 1


@dataclass(frozen=True)
class Item:
    """One data set of the store.

    Attributes
    ----------
    path
        Its place in the file.
    dtype
        numpy's name of its type.
    dims
        Names of its dimensions.
    description
        What it holds, with units, in one line.
    """

    path: str
    dtype: str
    dims: tuple[str, ...]
    description: str


NORMS = Item(
    "norms/activation",
    "float32",
    ("layer", "example"),
    "L2 norm of the raw activations of an example, in units of the activations",
)
CENTERED_BATCH = Item(
    "norms/centered_square_batch",
    "float32",
    ("layer", "example"),
    "squared L2 norm of the activations centred over the examples of their batch",
)
CENTERED_FULL = Item(
    "norms/centered_square_full",
    "float32",
    ("layer", "example"),
    "squared L2 norm of the activations centred over all examples",
)
VECTORS = Item(
    "components/vectors",
    "float32",
    ("layer", "component", "example"),
    "left singular vectors of the activations centred over all examples: unit norm, sum of cubes "
    "positive; NaN where there is no such component",
)
EIGENVALUES = Item(
    "components/eigenvalues",
    "float64",
    ("layer", "component"),
    "squared singular values, descending; 0 where there is no such component",
)
SHARE = Item(
    "components/share",
    "float64",
    ("layer", "component"),
    "eigenvalue over the squared norm of the centred activations; NaN for a constant layer",
)
EXACT = Item(
    "exact/gram",
    "float32",
    ("layer", "pair"),
    "strict upper triangle, row by row, of the U-centred Gram over all examples",
)
LOGITS = Item("outputs/logits", "float32", ("example", "class"), "output of the network")
LABELS = Item("samples/labels", "int64", ("example",), "index into the attribute classes")
IDS = Item("samples/ids", "utf-8", ("example",), "ids of the examples, in the order of the store")


def gram_item(batch: int, start: int, stop: int) -> Item:
    """Lay out the Grams of one probe batch."""
    return Item(
        f"grams/{batch:04d}",
        "float32",
        ("layer", "pair"),
        "strict upper triangle, row by row, of the U-centred Gram over the examples "
        f"{start} to {stop - 1}",
    )


def raw_item(layer: str) -> Item:
    """Lay out the raw activations of one layer."""
    return Item(
        f"raw/{layer}",
        "float16",
        ("example", "feature"),
        "activations of the first examples, flattened from (channel, row, column)",
    )
