"""Figures on alignments of units: that they show what the files hold."""

from dataclasses import replace

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_units import own
from planted_unit_records import (
    LAYERS,
    UNTRAINED,
    alignments,
    example_measures,
    shifted,
    subjects,
    training,
)

from repatlas.errors import InputError
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import styled
from repatlas.figures.units.basis import draw_basis
from repatlas.figures.units.families import draw_families
from repatlas.figures.units.legend import draw_legend
from repatlas.figures.units.measured import measured
from repatlas.figures.units.measures import draw_measures
from repatlas.figures.units.scores import FAMILIES, known_families, pair_handle, pair_scores
from repatlas.figures.units.shift import draw_shift
from repatlas.figures.units.training import draw_training
from repatlas.units.results import ALIGNMENTS

WIDTHS = (1, 1, 2)
LAYOUT = UnitsLayout()


@pytest.fixture(scope="module")
def trained():
    return alignments()


@pytest.fixture(scope="module")
def untrained():
    return alignments(checkpoint=UNTRAINED, height=0.5)


@pytest.fixture(scope="module")
def families(trained, untrained):
    return draw_families(trained, untrained, alignments(widths=WIDTHS), LAYOUT)


def score(record, **values):
    rows = np.all([getattr(record, name) == value for name, value in values.items()], axis=0)
    assert rows.any()
    return record.value[rows]


def test_every_pair_of_every_kind_is_drawn(trained, untrained, families):
    figure, table = families
    check_figure(figure)
    for kind, record, variant in (
        ("trained networks", trained, "native"),
        ("untrained networks", untrained, "native"),
        ("trained, shuffled images", trained, "shuffled"),
    ):
        drawn = own(table, kind=kind, measure="semi", layer="conv2")
        expected = score(record, layer="conv2", measure="semi", variant=variant)
        np.testing.assert_allclose(
            np.sort(own(drawn, quantity="score")["value"]), np.sort(expected)
        )
        mean = own(drawn, quantity="mean_score")["value"].item()
        assert mean == pytest.approx(expected.mean())


def test_networks_of_unequal_widths_have_panels_for_either_direction(families):
    _, table = families
    kinds = table["kind"].dropna().drop_duplicates().tolist()
    # One network is wide, so there is no pair of wide ones; pairs of narrow ones stand in a.
    assert kinds[3:] == ["convnet 3-1x to convnet 3-2x", "convnet 3-2x to convnet 3-1x"]
    wider = own(table, kind=kinds[3], quantity="score", layer="fc1")
    assert set(wider["measure"]) == set(FAMILIES) - {"permutation"}
    pairs = set(zip(wider["first"], wider["second"], strict=True))
    assert pairs == {(f"convnet 3-1x, seed {seed}", "convnet 3-2x") for seed in (0, 1)}


def test_families_are_drawn_without_networks_of_several_widths(trained, untrained):
    figure, table = draw_families(trained, untrained, None, UnitsLayout(layers=("conv1", "fc1")))
    check_figure(figure)
    assert table["kind"].nunique() == 3
    assert set(table["layer"]) == {"", "conv1", "fc1"}


def test_many_layers_are_named_in_part():
    layers = tuple(f"conv{number}" for number in range(1, 31))
    many = alignments(layers=layers, networks=2)
    figure, _ = draw_training([many, many], LAYOUT)
    assert "conv1" in said(figure).split("\n")
    figure, _ = draw_families(many, many, None, LAYOUT)
    check_figure(figure)
    figure, _ = draw_measures(many, many, example_measures(layers=layers, networks=2), LAYOUT)
    check_figure(figure)


def test_training_goes_by_checkpoint_from_untrained_to_final():
    names = (UNTRAINED, "step-00008", "epoch-0001", "epoch-0010", "final")
    records = training(checkpoints=names)
    figure, table = draw_training(records, LAYOUT)
    check_figure(figure)
    ticks = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert ticks == ["untrained", "step 8", "epoch 1", "epoch 10", "final"]
    drawn = own(table, measure="linear", layer="conv2", quantity="mean_score")
    assert drawn["checkpoint"].tolist() == list(names)
    expected = [
        score(record, measure="linear", layer="conv2", variant="native").mean()
        for record in records
    ]
    np.testing.assert_allclose(drawn["value"], expected)
    accuracies = own(table, quantity="mean_test_accuracy")
    assert accuracies["value"].iloc[-1] == pytest.approx(records[-1].subjects[0].test_accuracy)


def test_changes_are_those_of_the_same_pair_from_the_first_probe_set():
    records = shifted()
    figure, table = draw_shift(records, LAYOUT)
    check_figure(figure)
    text = said(figure)
    assert "all test images, gaussian noise 2" in text
    assert "all test images, gaussian blur 5" in text
    values = {"measure": "procrustes", "layer": "fc1", "variant": "native"}
    change = score(records[2], **values) - score(records[0], **values)
    probe = {"probe": "all test images, gaussian blur 5", "measure": "procrustes", "layer": "fc1"}
    for name, expected in (("lowest", change.min()), ("highest", change.max())):
        drawn = own(table, quantity=f"{name}_change", **probe)["value"].item()
        assert drawn == pytest.approx(expected)
    unchanged = own(table, quantity="mean_change", probe="all test images")
    assert (unchanged["value"] == 0).all()


def test_basis_shows_both_bases_of_trained_and_untrained_networks(trained, untrained):
    figure, table = draw_basis(trained, untrained, LAYOUT)
    check_figure(figure)
    for networks, record in (("trained", trained), ("untrained", untrained)):
        for basis in ("native", "rotated"):
            drawn = own(
                table, networks=networks, basis=basis, measure="permutation", layer="conv1",
                quantity="score",
            )  # fmt: skip
            expected = score(record, layer="conv1", measure="permutation", variant=basis)
            np.testing.assert_allclose(np.sort(drawn["value"]), np.sort(expected))


def test_measures_are_calibrated_by_their_chance(trained, untrained):
    examples = example_measures()
    found = measured(trained, untrained, examples, LAYERS)
    of_units = found.loc[("PWCCA", "conv2")]
    value = score(trained, measure="pwcca", layer="conv2", variant="native").mean()
    chance = score(trained, measure="pwcca", layer="conv2", variant="shuffled").mean()
    assert of_units["trained"] == pytest.approx(value)
    assert of_units["calibrated"] == pytest.approx((value - chance) / (1 - chance))
    assert np.isnan(of_units["z"])
    of_examples = found.loc[("RSA (Spearman)", "conv2")]
    assert of_examples["calibrated"] == pytest.approx((0.8 - 0.2) / (1 - 0.2))
    assert of_examples["z"] == pytest.approx((0.8 - 0.2) / 0.05)
    assert np.isnan(of_examples["untrained"])


def test_every_measure_has_a_row_and_a_number_in_each_cell(trained, untrained):
    figure, table = draw_measures(trained, untrained, example_measures(), LAYOUT)
    check_figure(figure)
    text = said(figure).split("\n")
    assert {"linear CKA of units", "mutual k-nearest neighbours", "no value"} <= set(text)
    assert text.count("z 12") == 4
    cells = own(table, quantity="trained")
    assert len(cells) == 13 * len(LAYERS)
    for value in own(cells, measure="CCA")["value"]:
        assert f"{value:.2f}"[1:] in text


def test_networks_that_did_not_fit_are_said(trained, untrained):
    unfit = replace(subjects()[1], train_accuracy=0.5)
    record = replace(trained, subjects=(subjects()[0], unfit, subjects()[2]))
    initial = replace(untrained, subjects=record.subjects)
    examples = replace(example_measures(), subjects=record.subjects)
    for figure, _ in (
        draw_training([initial, record], LAYOUT),
        draw_measures(record, initial, examples, LAYOUT),
    ):
        assert "seed 1, did not fit" in said(figure)


def test_records_of_other_networks_are_refused(trained, untrained):
    fewer = alignments(networks=2)
    for draw in (
        lambda: draw_families(trained, fewer, None, LAYOUT),
        lambda: draw_training([trained, fewer], LAYOUT),
        lambda: draw_shift([trained, fewer], LAYOUT),
        lambda: draw_basis(trained, fewer, LAYOUT),
        lambda: draw_measures(trained, untrained, example_measures(networks=2), LAYOUT),
    ):
        with pytest.raises(InputError, match="not all files are about the same networks"):
            draw()


def test_scores_that_are_absent_are_left_out(trained):
    rows = ~np.isin(trained.measure, ["soft", "semi"])
    names = ("layer", "first", "second", "measure", "variant", "value")
    few = replace(trained, **{name: getattr(trained, name)[rows] for name in names})
    assert known_families([few]) == ["linear", "procrustes", "permutation"]
    figure, table = draw_basis(few, few, LAYOUT)
    check_figure(figure)
    assert set(table["measure"].dropna()) == {"linear", "procrustes", "permutation"}
    nothing = replace(trained, value=np.full_like(trained.value, np.nan))
    with pytest.raises(InputError, match="hold no score"):
        draw_basis(nothing, nothing, LAYOUT)


@styled
def test_legend_stays_in_its_place_where_notes_take_more_lines():
    sheet = Sheet.of_height(2.0)
    draw_legend(sheet, 1.2, [pair_handle()])
    (legend,) = sheet.figure.legends

    def inches_from_top():
        sheet.figure.draw_without_rendering()
        box = legend.get_window_extent()
        return (sheet.figure.bbox.height - box.y1) / sheet.figure.dpi

    before = inches_from_top()
    sheet.footer("one word after the other " * 20)
    assert sheet.figure.get_figheight() > 2.0
    assert inches_from_top() == pytest.approx(before) == pytest.approx(1.2)


def test_pairs_keep_their_places_where_rows_are_in_another_order(trained):
    order = np.random.default_rng(0).permutation(len(trained.value))
    names = ("layer", "first", "second", "measure", "variant", "value")
    mixed = replace(trained, **{name: getattr(trained, name)[order] for name in names})
    for measure in ALIGNMENTS:
        one, other = (pair_scores(record, LAYERS, measure) for record in (trained, mixed))
        assert one.equals(other)
        assert one.loc["conv1", (0, 1)] == score(
            trained, layer="conv1", first=0, second=1, measure=measure, variant="native"
        )
