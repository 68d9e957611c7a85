"""What a figure shows, as typed values: the networks in their places, and how they are drawn."""

from typing import Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from repatlas.errors import InputError
from repatlas.section import Section
from repatlas.store.spec import ProbeSpec

LayerSet = Literal["all", "relu", "block_output"]

Measure = Literal[
    "cka_minibatch",
    "cka_minibatch_biased",
    "cka_exact",
    "cka_biased",
    "cka_without_component",
    "component_cosine",
]


class Cell(Section):
    """A network in its place, named by what tells it from the others; null matches any value.

    The probe set is compared whole: keys that are not given have their defaults.
    """

    data: str | None = Field(default=None, description="name of its data set")
    training: str | None = Field(default=None, description="name of its recipe")
    network: str | None = Field(default=None, description="name of its family")
    depth: int | None = Field(default=None, description="depth")
    width: int | None = Field(default=None, description="width multiple")
    seed: int | None = Field(default=None, description="seed of the initialisation")
    order: int | None = Field(default=None, description="seed of the data order")
    checkpoint: str | None = Field(default=None, description="name of the checkpoint")
    probe: ProbeSpec | None = Field(
        default=None, description="the probe set that it was shown, with all its settings"
    )
    name: str | None = Field(
        default=None, description="title of its panel; null: what tells it from the others"
    )

    def given(self) -> dict[str, object]:
        """What the network must have: all that is given but the title and the probe set."""
        return self.model_dump(exclude_none=True, exclude={"probe", "name"})

    def told(self) -> str:
        """What is named, for messages."""
        named = [f"{key} {value}" for key, value in self.given().items()]
        if self.probe is not None:
            named.append(f"probe {self.probe.model_dump_json(exclude_defaults=True)}")
        return ", ".join(named) or "any network"


class Layout(Section):
    """What every figure of this project is told."""

    measure: Measure = Field(
        default="cka_minibatch",
        description="what heat maps show: an estimator of CKA, cka_without_component (without the "
        "first component of both layers) or component_cosine (squared cosine of first components)",
    )
    least_train_accuracy: float = Field(
        default=0.95,
        ge=0,
        le=1,
        description="networks whose train accuracy is below this are marked as not fitted",
    )
    scale_note: bool = Field(
        default=True, description="one line below the figure that says at which scale it was made"
    )


class EmergenceRow(Section):
    """A row of the emergence figure."""

    title: str = Field(description="what changes along the row, such as deeper")
    cells: tuple[Cell, ...] = Field(min_length=1, description="its networks, from left to right")


class EmergenceLayout(Layout):
    """CKA within networks of growing depth or width."""

    rows: tuple[EmergenceRow, ...] = Field(min_length=1, description="rows, from top to bottom")
    columns: int = Field(
        default=5, ge=1, description="panels side by side; a longer row goes on in a further line"
    )


class ShareLayout(Layout):
    """CKA above the share of the first component, one column a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
    layers: LayerSet = Field(default="all", description="layers drawn: all, relu or block_output")


class SharesLayout(Layout):
    """Shares of the first component in all seeds of several networks."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks with all their seeds")
    layers: LayerSet = Field(
        default="block_output", description="layers drawn: all, relu or block_output"
    )


class SeedsRow(Section):
    """Two networks that differ in their seeds."""

    first: Cell = Field(description="the network on the horizontal axis of the last panel")
    second: Cell = Field(description="the network on its vertical axis")


class SeedsLayout(Layout):
    """CKA within each of two networks, and between them."""

    rows: tuple[SeedsRow, ...] = Field(min_length=1, description="pairs, from top to bottom")


class ComponentsLayout(Layout):
    """CKA, share, component cosine and CKA without the component, one column a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
    layers: LayerSet = Field(default="all", description="layers drawn: all, relu or block_output")


class LayerChoice(Section):
    """Which layers of a network are shown; exactly one of the three ways."""

    indices: tuple[int, ...] | None = Field(
        default=None, min_length=1, description="layers by index, 0 being the input"
    )
    block_quantiles: tuple[float, ...] | None = Field(
        default=None,
        min_length=1,
        description="block outputs at these fractions (0 to 1) of the detected block; of all "
        "block outputs in a network without a block",
    )
    depth_fractions: tuple[float, ...] | None = Field(
        default=None,
        min_length=1,
        description="block outputs at these fractions (0 to 1) of all block outputs",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = self.model_dump(exclude_none=True)
        if len(given) != 1:
            raise ValueError(
                "layers: choose by one of indices, block_quantiles and depth_fractions, "
                f"not by {' and '.join(given) or 'none'}"
            )
        if any(not 0 <= value <= 1 for value in self.fractions):
            raise ValueError("layers: fractions lie between 0 and 1")
        return self

    @property
    def fractions(self) -> tuple[float, ...]:
        """The fractions given, of the block or of the depth."""
        return self.block_quantiles or self.depth_fractions or ()

    @property
    def count(self) -> int:
        """Number of layers chosen in each network."""
        return len(self.indices or self.fractions)


class ProjectionsLayout(Layout):
    """Projections of images on the first component: one column a network, one row a layer."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
    layers: LayerChoice = Field(
        default=LayerChoice(block_quantiles=(1 / 3, 2 / 3)), description="layers, top to bottom"
    )
    images: int = Field(default=7, ge=1, description="images shown, those that project furthest")
    heat_maps: bool = Field(
        default=True, description="CKA and share of each network above its histograms"
    )
    count_axis: Literal["log", "linear"] = Field(
        default="log", description="scale of the axis that counts images"
    )
    bins: int = Field(default=40, ge=2, description="bins of each histogram")


AnyLayout = TypeVar("AnyLayout", bound=Layout)


def read_layout(text: str, kind: type[AnyLayout]) -> AnyLayout:
    """Read a layout from JSON.

    Raises
    ------
    InputError
        One line: the first fault, where it stands and how many there are.
    """
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        where = ".".join(map(str, faults[0]["loc"])) or "layout"
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise InputError(
            f"--layout: {where}: {faults[0]['msg']}{more}; allowed keys: "
            f"{', '.join(kind.model_fields)}"
        ) from error
