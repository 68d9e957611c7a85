"""Saving of figures and their tables."""

import io

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from repatlas.figures.heatmap import LayerAxis, draw_map
from repatlas.figures.save import save_figure, significant
from repatlas.figures.style import styled

SUFFIXES = (".png", ".svg", ".pdf", ".csv")


@styled
def heat_map(size=282):
    figure = Figure(figsize=(4, 3))
    axes = figure.add_axes((0.15, 0.15, 0.8, 0.8), label="map")
    draw_map(axes, np.random.default_rng(0).random((size, size)), LayerAxis(np.arange(size)))
    axes.set_title("title")
    return figure


TABLE = pd.DataFrame({"panel": ["a", "b"], "x": pd.array([1, pd.NA], "Int64"), "value": [1 / 3, 2]})


def test_writes_all_formats_and_nothing_else(tmp_path):
    save_figure(heat_map(20), TABLE, tmp_path / "new" / "fig1a_emergence")
    found = {path.name for path in (tmp_path / "new").iterdir()}
    assert found == {f"fig1a_emergence{suffix}" for suffix in SUFFIXES}
    with Image.open(tmp_path / "new" / "fig1a_emergence.png") as image:
        assert image.size == (600, 450)


def test_stem_with_a_dot_keeps_its_name(tmp_path):
    save_figure(heat_map(4), TABLE, tmp_path / "figC.1")
    assert (tmp_path / "figC.1.svg").exists()


def test_same_figure_gives_the_same_bytes(tmp_path, monkeypatch):
    save_figure(heat_map(30), TABLE, tmp_path / "one")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    save_figure(heat_map(30), TABLE, tmp_path / "two")
    for suffix in SUFFIXES:
        one, two = ((tmp_path / name).with_suffix(suffix).read_bytes() for name in ("one", "two"))
        assert one == two, suffix


def test_no_date_is_written(tmp_path):
    save_figure(heat_map(5), TABLE, tmp_path / "figure")
    assert b"CreationDate" not in (tmp_path / "figure.pdf").read_bytes()
    assert b"<dc:date>" not in (tmp_path / "figure.svg").read_bytes()


def test_large_heat_map_is_one_image_in_svg(tmp_path):
    save_figure(heat_map(282), TABLE, tmp_path / "figure")
    text = (tmp_path / "figure.svg").read_text()
    assert text.count("<image") == 1
    assert text.count("<path") < 100


def test_style_of_the_user_changes_nothing(tmp_path):
    save_figure(heat_map(5), TABLE, tmp_path / "one")
    with mpl.rc_context({"font.size": 30, "svg.hashsalt": "other", "savefig.bbox": "tight"}):
        save_figure(heat_map(5), TABLE, tmp_path / "two")
        assert mpl.rcParams["font.size"] == 30
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_table_is_written_tidy_with_six_digits(tmp_path):
    save_figure(heat_map(4), TABLE, tmp_path / "figure")
    assert (tmp_path / "figure.csv").read_bytes() == b"panel,x,value\na,1,0.333333\nb,,2.0\n"


def test_failing_table_leaves_no_part_of_it(tmp_path):
    class Failing(pd.DataFrame):
        def to_csv(self, path, **options):
            path.write_text("half")
            raise OSError(28, "No space left on device")

        def assign(self, **columns):
            return self

    with pytest.raises(OSError, match="No space"):
        save_figure(heat_map(4), Failing(TABLE), tmp_path / "figure")
    assert not list(tmp_path.glob("*.csv"))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_significant_digits_are_those_of_the_format(value):
    rounded = float(significant(np.array([value]))[0])
    assert rounded == pytest.approx(value, rel=5.1e-6, abs=1e-300)
    if abs(value) > 1e-15:
        text = io.StringIO()
        pd.DataFrame({"value": [rounded]}).to_csv(text, index=False)
        digits = text.getvalue().split()[1].split("e")[0].strip("-").replace(".", "")
        assert len(digits.strip("0")) <= 6


def test_values_without_a_logarithm_are_kept():
    kept = significant(np.array([0.0, np.nan, np.inf, -np.inf]))
    np.testing.assert_array_equal(kept, [0, np.nan, np.inf, -np.inf])
