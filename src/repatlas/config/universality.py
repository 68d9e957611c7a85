"""The section of a study on universality: which networks are followed while they learn."""

from pydantic import Field

from repatlas.config.names import Name
from repatlas.dynamics.spec import ContextSpec, ImagesSpec, TwoPointsSpec, XorSpec
from repatlas.section import Section

RATES = "name of the network under `trajectories` whose fitted rates tell final distances here"


class RatedPointsSpec(TwoPointsSpec):
    """A grid of pairs, whose final distances are told with rates that another pair gave."""

    rates: Name = Field(description=RATES)


class RatedXorSpec(XorSpec):
    """Networks that learn exclusive or, whose distances are told with rates that a pair gave."""

    rates: Name = Field(description=RATES)


class UniversalitySpec(Section):
    """What the figures and claims on universality of representation dynamics show."""

    trajectories: dict[Name, TwoPointsSpec] = Field(
        min_length=1,
        description="networks by name that learn one pair of points; theory is fitted to each",
    )
    layered: tuple[Name, ...] = Field(
        default=(), description="those to which theory is fitted at every hidden layer"
    )
    grids: dict[Name, RatedPointsSpec] = Field(
        default={},
        description="grids of pairs by name, with other seeds than the network of their rates; "
        "final distances are told without another fit",
    )
    laws: dict[Name, TwoPointsSpec] = Field(
        default={},
        description="pairs with several target distances, from small initial weights, by name: "
        "how distances and learning times depend on the target",
    )
    merging: dict[Name, TwoPointsSpec] = Field(
        default={}, description="pairs with identical targets (target_squares: [0]), by name"
    )
    xor: dict[Name, RatedXorSpec] = Field(
        default={},
        description="networks by name that learn exclusive or, each in settings such as `rich` and "
        "`lazy`; the geometry of networks is compared between those that share a setting",
    )
    context: ContextSpec | None = Field(
        default=None, description="networks that learn the context task; null: none"
    )
    images: dict[Name, ImagesSpec] = Field(
        default={}, description="networks by name that learn the classes of a data set"
    )
