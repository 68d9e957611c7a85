"""What must hold of every figure, by what is really drawn."""

import functools
from itertools import combinations
from unittest.mock import patch

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from repatlas.figures.style import PAGE_WIDTH

SLACK = 1.0
"""Pixels by which the boxes of two texts may touch."""


@functools.lru_cache(maxsize=4)
def drawn_texts(figure):
    """Texts that are drawn, with their boxes in pixels and the axes to which they belong."""
    found = []
    draw = Text.draw

    def recording(self, renderer, *arguments, **named):
        if self.get_visible() and self.get_text().strip():
            found.append((self.get_text(), self.get_window_extent(renderer), self.axes))
        return draw(self, renderer, *arguments, **named)

    with patch.object(Text, "draw", recording):
        FigureCanvasAgg(figure).draw()
    return found


def check_texts(figure):
    """Every text lies on the page, and over no other text nor another panel's pictures."""
    texts = drawn_texts(figure)
    width, height = figure.bbox.width, figure.bbox.height
    pictures = [axes for axes in figure.axes if axes.get_images()]
    for text, box, own in texts:
        inside = box.x0 > -SLACK and box.x1 < width + SLACK
        inside &= box.y0 > -SLACK and box.y1 < height + SLACK
        assert inside, f"{text!r} reaches beyond the page: {box}"
        for axes in pictures:
            assert own is axes or not overlap(box, axes.bbox), f"{text!r} lies over a picture"
    for (one, first, _), (other, second, _) in combinations(texts, 2):
        assert not overlap(first, second), f"{one!r} lies over {other!r}"


def overlap(one, other):
    """Whether two boxes share more than their edges."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    along = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > SLACK and along > SLACK


def check_figure(figure):
    """Texts are readable, nothing is empty, the page is as wide as a page."""
    check_texts(figure)
    assert figure.get_figwidth() == PAGE_WIDTH
    for axes in figure.axes:
        assert axes.has_data() or axes.texts or axes.collections or axes.patches


def said(figure):
    """All drawn texts, one line each."""
    return "\n".join(text for text, *_ in drawn_texts(figure))
