"""What a study says of the units of networks that are related to each other."""

from pydantic import Field

from repatlas.section import Section, parse_section


class UnitsSpec(Section):
    """What is gathered of the units (channels) of every layer of a group of networks."""

    layers: tuple[str, ...] | None = Field(
        default=None,
        description="names of layers; block_outputs stands for all block outputs; null: the "
        "outputs of all rectifiers, as in the paper, or of all convolutions and linear layers "
        "where a network has no rectifier",
    )
    patches: int = Field(
        default=9,
        ge=1,
        le=10_000,
        description="images kept of every unit, those that activate it most",
    )
    information_layers: int = Field(
        default=2,
        ge=0,
        description="mutual information is taken in so many layers, from the first (paper: 2)",
    )
    information_bins: int = Field(
        default=10,
        ge=3,
        le=100,
        description="bins of an activation: one for zeros, the others of equal mass (paper: 10)",
    )
    information_rows: int = Field(
        default=50_000,
        ge=100,
        le=1_000_000_000,
        description="rows (images x positions), from the first, from which the edges of the bins "
        "are taken",
    )
    seed: int = Field(default=0, ge=0, description="seed of the images shuffled for the null")


def parse_units(text: str) -> UnitsSpec:
    """Read the settings from JSON.

    Raises
    ------
    InputError
        No JSON, an unknown key or an impossible value: one line with the first fault.
    """
    return parse_section(UnitsSpec, text, "units")
