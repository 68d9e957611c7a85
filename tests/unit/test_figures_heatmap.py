"""Heat maps on given axes, by the pixels they make."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from repatlas.figures.heatmap import LayerAxis, draw_colour_bar, draw_map, draw_no_value
from repatlas.figures.style import BLOCK, NO_VALUE, similarity_map, styled

MAGMA = similarity_map()


def pixels(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3] / 255


@styled
def drawn(values, x, y=None):
    """Pixels of the map alone, and its axes."""
    figure = Figure(figsize=(2, 2), dpi=100)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    draw_map(axes, np.asarray(values, dtype=float), x, y)
    return pixels(figure)[20:180, 20:180], axes


def plain(size):
    return LayerAxis(np.arange(size))


def test_first_layers_are_at_the_bottom_left():
    values = np.zeros((4, 4))
    values[0, 0], values[0, 3] = 1, 0.5
    image, _ = drawn(values, plain(4))
    np.testing.assert_allclose(image[150, 10], MAGMA(1.0)[:3], atol=0.01)
    np.testing.assert_allclose(image[150, 150], MAGMA(0.5)[:3], atol=0.01)
    np.testing.assert_allclose(image[10, 10], MAGMA(0.0)[:3], atol=0.01)


def test_rows_belong_to_the_vertical_axis():
    values = np.zeros((2, 5))
    values[1, 0] = 1
    image, axes = drawn(values, plain(5), plain(2))
    np.testing.assert_allclose(image[10, 10], MAGMA(1.0)[:3], atol=0.01)
    assert axes.get_xlim() == (-0.5, 4.5)
    assert axes.get_ylim() == (-0.5, 1.5)


def test_negative_values_have_the_colour_of_zero_and_nan_is_grey():
    image, _ = drawn([[-0.05, np.nan], [0, 1]], plain(2))
    np.testing.assert_allclose(image[150, 10], MAGMA(0.0)[:3], atol=0.01)
    np.testing.assert_allclose(image[150, 150], to_rgb(NO_VALUE), atol=0.01)


def test_no_colour_of_the_map_is_the_grey_of_no_value():
    colours = MAGMA(np.linspace(0, 1, 256))[:, :3]
    assert np.abs(colours - to_rgb(NO_VALUE)).max(axis=1).min() > 0.1


def test_more_layers_than_pixels_are_averaged_not_dropped():
    values = np.random.default_rng(0).integers(2, size=(1600, 1600))
    image, _ = drawn(values, plain(1600))
    assert image.std(axis=(0, 1)).max() < 0.1


def test_layer_numbers_are_at_the_middle_of_their_cells():
    _, axes = drawn(np.eye(3), plain(3))
    assert axes.images[0].get_extent() == [-0.5, 2.5, -0.5, 2.5]


def test_stages_and_block_are_marked_on_both_sides():
    axis = LayerAxis(np.arange(10), borders=(2.5, 6.5), block=(3.5, 8.5))
    _, axes = drawn(np.eye(10), axis)
    marks = [line.get_xydata() for line in axes.lines]
    above, right, block_above, block_right = marks
    np.testing.assert_array_equal(above, [[2.5, 1], [6.5, 1]])
    np.testing.assert_array_equal(right, [[1, 2.5], [1, 6.5]])
    np.testing.assert_array_equal(block_above, [[3.5, 1], [8.5, 1]])
    np.testing.assert_array_equal(block_right, [[1, 3.5], [1, 8.5]])
    assert [line.get_linestyle() for line in axes.lines] == ["None", "None", "-", "-"]
    assert axes.lines[2].get_color() == BLOCK
    assert axes.get_xlim() == (-0.5, 9.5)


def test_marks_lie_outside_the_map():
    size = 30
    with_marks, _ = drawn(np.eye(size), LayerAxis(np.arange(size), (9.5,), (4.5, 20.5)))
    without, _ = drawn(np.eye(size), plain(size))
    np.testing.assert_array_equal(with_marks, without)


@pytest.mark.parametrize(("below_zero", "lowest"), [(False, "0"), (True, "≤ 0")])
def test_colour_bar_says_what_zero_stands_for(below_zero, lowest):
    axes = Figure().add_axes((0.1, 0.1, 0.1, 0.8))
    draw_colour_bar(axes, "linear CKA", below_zero=below_zero)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert (labels[0], labels[-1]) == (lowest, "1")
    assert axes.get_ylim() == (0, 1)


def test_box_of_no_value_has_its_colour():
    figure = Figure(figsize=(1, 1), dpi=50)
    axes = figure.add_axes((0.2, 0.2, 0.2, 0.2))
    draw_no_value(axes)
    np.testing.assert_allclose(pixels(figure)[35, 15], to_rgb(NO_VALUE), atol=0.01)
    assert axes.texts[0].get_text() == "no value"
