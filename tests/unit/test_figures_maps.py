"""The figures made of heat maps, from stand-ins with a planted block."""

import numpy as np
import pytest
from figure_checks import check_figure, check_texts, said
from figure_files import (
    LARGE,
    SMALL,
    make_data,
    make_similarity,
    make_store,
    run_spec,
    study,
)

from repatlas.errors import InputError
from repatlas.figures.block_structure.components import draw_components
from repatlas.figures.block_structure.emergence import draw_emergence
from repatlas.figures.block_structure.seeds import draw_seeds
from repatlas.figures.block_structure.share import draw_share
from repatlas.figures.inputs import COSINE, WITHOUT_COMPONENT, Similarities
from repatlas.figures.marks import letters
from repatlas.figures.sheet import Sheet
from repatlas.figures.spec import (
    Cell,
    ComponentsLayout,
    EmergenceLayout,
    EmergenceRow,
    SeedsLayout,
    SeedsRow,
    ShareLayout,
)
from repatlas.figures.tables import COLUMNS

SMALL_0, SMALL_1 = Cell(depth=SMALL, seed=0), Cell(depth=SMALL, seed=1)
LARGE_0, LARGE_1 = Cell(depth=LARGE, seed=0), Cell(depth=LARGE, seed=1)
CKA = "cka_minibatch"


@pytest.fixture(scope="module")
def similarities():
    return Similarities.open(study()["similarity"])


def drawn_map(table, panel, quantity=CKA):
    """The heat map that a table says a panel shows."""
    rows = table[(table["panel"] == panel) & (table["quantity"] == quantity)]
    return rows.pivot(index="y", columns="x", values="value").to_numpy()


def emergence(*rows, **options):
    rows = tuple(EmergenceRow(title=title, cells=cells) for title, cells in rows)
    return EmergenceLayout(rows=rows, **options)


def test_emergence_shows_every_network_with_its_values(similarities):
    layout = emergence(("deeper", (SMALL_0, LARGE_0, LARGE_1)), ("seeds", (SMALL_0, SMALL_1)))
    figure, table = draw_emergence(similarities, layout)
    check_figure(figure)
    assert tuple(table.columns) == COLUMNS
    assert sorted(table["panel"].unique()) == ["a", "b", "c", "d", "e"]
    own = similarities.find(LARGE_1)
    np.testing.assert_array_equal(drawn_map(table, "c"), similarities.values(CKA, own, own))
    assert set(table.loc[table["panel"] == "e", "title"]) == {"RN-8 1x, seed 1"}


def test_emergence_shows_accuracies_and_marks_what_did_not_fit(similarities):
    figure, table = draw_emergence(similarities, emergence(("seeds", (SMALL_0, SMALL_1))))
    text = said(figure)
    assert "train 100.0 · test 85.0 %" in text
    assert "train 60.0 · test 50.0 %" in text
    assert text.count("did not fit") == 1
    accuracies = table[table["quantity"] == "train_accuracy"].set_index("panel")["value"]
    assert accuracies.to_dict() == {"a": 1.0, "b": 0.6}
    layout = emergence(("seeds", (SMALL_1,)), least_train_accuracy=0.5)
    assert "did not fit" not in said(draw_emergence(similarities, layout)[0])


def test_colour_bar_tells_of_cells_without_a_value_only_where_there_are(similarities):
    constant, _ = draw_emergence(similarities, emergence(("a", (LARGE_1,))))
    whole, _ = draw_emergence(similarities, emergence(("a", (LARGE_0,))))
    assert "no value" in said(constant)
    assert "no value" not in said(whole)


def test_long_row_goes_on_in_a_further_line(similarities):
    cells = (SMALL_0, SMALL_1, LARGE_0, LARGE_1)
    one, _ = draw_emergence(similarities, emergence(("all", cells), columns=4))
    two, table = draw_emergence(similarities, emergence(("all", cells), columns=3))
    assert two.get_figheight() > one.get_figheight() + 1
    assert said(two).split("\n").count("all") == 2
    assert table["panel"].nunique() == 4
    check_figure(two)


def test_rows_can_name_their_panels(similarities):
    cells = (SMALL_0.model_copy(update={"name": "first"}), SMALL_1)
    figure, table = draw_emergence(similarities, emergence(("standard", cells), ("again", cells)))
    check_figure(figure)
    assert (
        table.groupby("panel", sort=False)["title"].first().tolist()
        == [
            "first",
            "RN-8 1x, seed 1",
        ]
        * 2
    )
    assert said(figure).split("\n").count("first") == 2


@pytest.mark.parametrize(
    ("measure", "label"),
    [
        ("cka_without_component", "linear CKA without first component"),
        ("component_cosine", "squared cosine of first components"),
    ],
)
def test_emergence_can_show_what_the_first_component_leaves(similarities, measure, label):
    layout = emergence(("deeper", (SMALL_0, LARGE_0)), measure=measure)
    figure, table = draw_emergence(similarities, layout)
    check_figure(figure)
    own = similarities.find(LARGE_0)
    np.testing.assert_array_equal(
        drawn_map(table, "b", measure), similarities.values(measure, own, own)
    )
    assert label in said(figure)


def test_notes_wider_than_the_page_go_on_and_move_nothing():
    short, long = Sheet.of_height(3), Sheet.of_height(3)
    for sheet, note in ((short, "note"), (long, "many words " * 40)):
        sheet.axes(1, 0.5, 2, 1.5).plot([0, 1])
        sheet.text(1, 0.2, "title")
        sheet.footer(note)
        check_texts(sheet.figure)
    assert long.figure.get_figheight() > 3.2

    def places(figure):
        height = figure.get_figheight()
        box = figure.axes[0].get_position()
        text = figure.texts[0].get_position()[1]
        return [height * part for part in (1 - box.y1, box.height, 1 - text)]

    assert places(long.figure) == pytest.approx(places(short.figure))


def test_scale_note_is_optional(similarities):
    assert "1,000 training images" in said(
        draw_share(similarities, ShareLayout(cells=(LARGE_0,)))[0]
    )
    without, _ = draw_share(similarities, ShareLayout(cells=(LARGE_0,), scale_note=False))
    assert "training images" not in said(without)


def test_share_lies_below_its_heat_map_on_the_same_axis(similarities):
    figure, table = draw_share(similarities, ShareLayout(cells=(SMALL_0, LARGE_0)))
    check_figure(figure)
    upper, lower = figure.axes[2:4]
    assert upper.get_xlim() == lower.get_xlim()
    assert upper.get_position().x0 == lower.get_position().x0
    assert upper.get_position().width == lower.get_position().width
    rows = table[(table["quantity"] == "first_component_share") & (table["panel"] == "d")]
    np.testing.assert_array_equal(rows["value"], similarities.find(LARGE_0).shares)
    assert rows["x"].tolist() == list(range(93))


@pytest.mark.parametrize(("layers", "count"), [("all", 93), ("relu", 25), ("block_output", 13)])
def test_layers_of_a_set_alone_are_drawn(similarities, layers, count):
    figure, table = draw_share(similarities, ShareLayout(cells=(LARGE_0,), layers=layers))
    check_figure(figure)
    own = similarities.find(LARGE_0)
    shown = np.sort(table.loc[table["quantity"] == CKA, "x"].unique()).astype(int)
    assert len(shown) == count
    expected = similarities.values(CKA, own, own)[np.ix_(shown, shown)]
    np.testing.assert_array_equal(drawn_map(table, "a"), expected)
    assert figure.axes[0].get_images()[0].get_array().shape == (count, count)


def test_seeds_show_the_second_network_on_the_vertical_axis(similarities):
    rows = (SeedsRow(first=SMALL_0, second=SMALL_1), SeedsRow(first=LARGE_0, second=LARGE_1))
    figure, table = draw_seeds(similarities, SeedsLayout(rows=rows))
    check_figure(figure)
    first, second = similarities.find(LARGE_0), similarities.find(LARGE_1)
    np.testing.assert_array_equal(drawn_map(table, "f"), similarities.values(CKA, second, first))
    between = figure.axes[5]
    assert (between.get_xlabel(), between.get_ylabel()) == ("layer, seed 0", "layer, seed 1")
    assert "train 100.0 / 60.0 · test 85.0 / 50.0 %" in said(figure)


def test_seeds_of_one_label_are_told_apart_by_their_data(tmp_path):
    files, data = [], make_data(tmp_path / "data.h5")
    for name in ("photos", "digits"):
        stores = [
            make_store(tmp_path / f"{name}_{seed}.h5", data, run_spec(SMALL, seed=seed, data=name))
            for seed in (0, 1)
        ]
        files += [make_similarity(tmp_path / f"within_{path.name}", path) for path in stores]
        files.append(make_similarity(tmp_path / f"between_{name}.h5", *stores))
    rows = tuple(
        SeedsRow(first=Cell(data=name, seed=0), second=Cell(data=name, seed=1))
        for name in ("photos", "digits")
    )
    figure, _ = draw_seeds(Similarities.open(files), SeedsLayout(rows=rows))
    check_figure(figure)
    assert {"RN-8 1x, photos", "RN-8 1x, digits"} <= set(said(figure).splitlines())


def test_seeds_that_no_file_compares(similarities):
    layout = SeedsLayout(rows=(SeedsRow(first=SMALL_0, second=LARGE_0),))
    with pytest.raises(InputError, match="none of the --similarity files compares"):
        draw_seeds(similarities, layout)


def test_components_show_four_measures_of_each_network(similarities):
    figure, table = draw_components(similarities, ComponentsLayout(cells=(LARGE_0, SMALL_0)))
    check_figure(figure)
    own = similarities.find(LARGE_0)
    for panel, measure in (("a", CKA), ("e", COSINE), ("g", WITHOUT_COMPONENT)):
        expected = similarities.values(measure, own, own)
        np.testing.assert_array_equal(drawn_map(table, panel, measure), expected)
    shares = table[(table["panel"] == "c") & (table["quantity"] == "first_component_share")]
    np.testing.assert_array_equal(shares["value"], own.shares)


def test_letters_do_not_run_out():
    names = [letter for letter, _ in zip(letters(), range(60), strict=False)]
    assert len(set(names)) == 60
    assert names[:2] + names[25:28] == ["a", "b", "z", "aa", "ab"]
