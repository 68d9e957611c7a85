"""What the figure of accuracies is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout
from repatlas.section import Section


class AccuracyCondition(Section):
    """Seeds of one network trained in one way."""

    title: str = Field(description="how it was trained, such as PC regularisation")
    cells: tuple[Cell, ...] = Field(min_length=1, description="its seeds")


class AccuracyGroup(Section):
    """One network on one data set, trained in several ways."""

    title: str = Field(description="the network and its data, such as RN-56 1x, photos")
    conditions: tuple[AccuracyCondition, ...] = Field(
        min_length=1, description="conditions, from top to bottom; the first is the standard one"
    )


class AccuracyLayout(Layout):
    """Test accuracy of every seed by condition, with the numbers beside it as in a table."""

    groups: tuple[AccuracyGroup, ...] = Field(
        min_length=1, description="networks, from top to bottom"
    )
