"""Panels of curves over named places, such as layers: the page on which they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.grid import PanelGrid
from repatlas.figures.inputs import Network
from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import draw_title
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.layer_axis import names_height, set_names
from repatlas.figures.units.legend import draw_legend, legend_height

MARGINS = Columns(1, left=0.45, gap=0.2, right=0.1)
HEIGHT, TITLE, BELOW = 1.5, 0.26, 0.06
"""Inches beside and between panels that share their vertical axis; of a panel, above one, below
the legend."""


class NamedPanels:
    """Panels in lines, below the names and accuracies of their networks.

    Parameters
    ----------
    count, most
        Number of panels, and of those in a line at most.
    names
        Of the places along the horizontal axis of every panel.
    label, networks
        What all networks are (may be empty), and each of them by name.
    handles
        Of the legend below the panels.
    layout
        When a network did not fit, and whether the scale is said.
    """

    def __init__(
        self,
        count: int,
        most: int,
        names: Sequence[str],
        label: str,
        networks: Mapping[str, Network],
        handles: Sequence[Artist],
        layout: UnitsLayout,
    ) -> None:
        self._names, self._networks, self._layout = names, networks, layout
        self._handles = handles
        grid = PanelGrid.even(count, most, MARGINS, height=HEIGHT, header=TITLE, below=0)
        self.grid = replace(grid, below=names_height(names, grid.columns.width))
        self._top = heads_height(label, len(networks))
        self._bottom = self._top + self.grid.bottom
        height = (
            self._bottom + legend_height(handles) + BELOW + footer_height(1 + layout.scale_note)
        )
        self.sheet = Sheet.of_height(height)
        draw_heads(self.sheet, MARGINS.left, label, networks, layout.least_train_accuracy)

    def axes(self, number: int, letter: str, title: str) -> Axes:
        """Axes of a panel, with its letter and title."""
        box = self.grid.box(number)
        axes = replace(box, top=box.top + self._top).axes(self.sheet)
        draw_title(axes, letter, title)
        set_names(axes, self._names)
        axes.tick_params(labelleft=self.grid.is_first_of_line(number))
        return axes

    def finish(self, note: str) -> Figure:
        """Add the legend and the notes, the last thing."""
        draw_legend(self.sheet, self._bottom, self._handles)
        notes = (note, scale_text(list(self._networks.values())))
        self.sheet.footer(*notes[: 1 + self._layout.scale_note])
        return self.sheet.figure
