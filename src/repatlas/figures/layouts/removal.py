"""What the figure of removed images is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, LayerSet, Layout
from repatlas.section import Section
from repatlas.store.spec import ProbeSpec


class ShownProbe(Section):
    """A probe set on which every network of a figure is shown."""

    title: str = Field(description="title of its panels, such as dominant 10 % removed")
    probe: ProbeSpec = Field(description="the probe set, with all its settings")
    control: bool = Field(default=False, description="whether it is a control, and marked as one")


class RemovalLayout(Layout):
    """CKA, share and dominant images before and after images are left out of the probe set."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from top to bottom")
    probes: tuple[ShownProbe, ...] = Field(
        min_length=2, description="probe sets, from left to right; the first is the whole one"
    )
    layers: LayerSet = Field(default="all", description="layers drawn: all, relu or block_output")
    images: int = Field(
        default=6, ge=1, description="images shown of each, those that project furthest"
    )
