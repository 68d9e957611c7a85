"""Figures on matches between units: that they show what the files hold."""

import dataclasses

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_units import DEAD, SEEDS, own, subject, units, units_of_widths
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.errors import InputError
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.units.extremes import extremes
from repatlas.figures.units.group import Group
from repatlas.figures.units.information import draw_information
from repatlas.figures.units.matched import chosen, match_series, matches_table, of_pair
from repatlas.figures.units.matches import draw_matches
from repatlas.figures.units.pairs import draw_pairs
from repatlas.figures.units.patches import FINE, mosaic
from repatlas.group_records import read_group_record
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Matching


@pytest.fixture(scope="module")
def gathered():
    with GatheredUnits(units()["gathered"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def matching():
    return read_group_record(Matching, units()["matching"])


@pytest.fixture(scope="module")
def untrained():
    return read_group_record(Matching, units()["untrained"])


@pytest.fixture(scope="module")
def table(matching):
    return matches_table(matching)


def test_pairs_are_found_on_one_half_and_told_on_both(gathered, matching, table):
    layout = UnitsLayout(count=3, first=1, second=0)
    figure, rows = draw_pairs(gathered, matching, units()["data"], layout)
    check_figure(figure)
    live = own(
        table, layer="conv2", criterion="correlation", fold="first", first=1, second=0, dead=False
    ).sort_values("greedy_value", ascending=False)
    shown = own(rows, panel="b", quantity="correlation")
    expected = [*live["unit"][:3], *live["unit"][-3:]]
    assert shown["unit"].tolist() == expected
    assert shown["match"].tolist() == [*live["greedy"][:3], *live["greedy"][-3:]]
    np.testing.assert_array_equal(
        own(rows, panel="b", quantity="correlation_heldout")["value"],
        [*live["greedy_heldout"][:3], *live["greedy_heldout"][-3:]],
    )
    first, heldout = live["greedy_value"].iloc[0], live["greedy_heldout"].iloc[0]
    assert f"{first:.2f} · {heldout:.2f}" in said(figure)
    assert "left, seed 1: train" in said(figure)


def test_patches_are_where_units_are_most_active(gathered, matching):
    _, rows = draw_pairs(gathered, matching, units()["data"], UnitsLayout(count=1))
    top, ids = gathered.top(0), gathered.ids
    pair = own(rows, panel="a", quantity="correlation").iloc[0]
    for network, unit in ((0, pair["unit"]), (1, pair["match"])):
        patches = chosen(rows, panel="a", quantity="top_activation", first=f"seed {network}")
        patches = patches[patches["unit"] == unit]
        place = 12 * network + unit
        np.testing.assert_array_equal(patches["value"], top.values[place])
        assert patches["sample"].tolist() == [ids[image] for image in top.images[place]]


def test_best_and_worst_never_share_a_unit(table, matching):
    rows = of_pair(table, Group.of(matching.subjects).pair(UnitsLayout()), "conv1")
    found = extremes(rows, 100)
    assert len(found.best) == len(found.worst) == (12 - DEAD) // 2
    assert not {match.unit for match in found.best} & {match.unit for match in found.worst}
    values = [match.value for match in found.all]
    assert values == sorted(values, reverse=True)


def test_layer_without_live_units_is_said_so(gathered, matching):
    of_first = (matching.layer == "conv1") & (matching.first == 0)
    all_dead = dataclasses.replace(matching, dead=matching.dead | of_first)
    figure, _ = draw_pairs(gathered, all_dead, units()["data"], UnitsLayout())
    check_figure(figure)
    assert said(figure).count("fewer than two live units") == 2
    figure, _ = draw_matches(all_dead, None, UnitsLayout())
    check_figure(figure)
    assert "no live units" in said(figure)


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 40), st.integers(1, 9), st.sampled_from([(1, 4), (3, 3), (2, 5)]))
def test_mosaic_holds_every_patch_whole(side, count, grid):
    rows, columns = grid
    count = min(count, rows * columns)
    generator = np.random.default_rng(side)
    patches = [generator.integers(0, 255, (side, side, 3), dtype=np.uint8) for _ in range(count)]
    whole = mosaic(patches, rows, columns)
    factor = -(-FINE // side)
    pitch = (whole.shape[1] + round(0.08 * factor * side)) // columns
    for place, patch in enumerate(patches):
        top, left = (pitch * step for step in divmod(place, columns))
        part = whole[top : top + factor * side : factor, left : left + factor * side : factor]
        np.testing.assert_array_equal(part, patch)
    empty = whole[pitch * (rows - 1) :, pitch * (columns - 1) :]
    assert count == rows * columns or (empty == 255).all()


def test_curves_are_sorted_by_the_best_match(matching, untrained, table):
    figure, rows = draw_matches(matching, untrained, UnitsLayout())
    check_figure(figure)
    live = own(
        table, layer="conv1", criterion="correlation", fold="all", first=0, second=1, dead=False
    ).sort_values("greedy_value", ascending=False)
    greedy, matched = (own(rows, panel="a", quantity=name) for name in ("greedy", "matched"))
    assert greedy["unit"].tolist() == matched["unit"].tolist() == live["unit"].tolist()
    np.testing.assert_array_equal(matched["value"], live["matched_value"])
    line = figure.axes[0].lines[0]
    np.testing.assert_array_equal(line.get_ydata(), live["greedy_value"])
    shuffled = own(rows, panel="a", quantity="shuffled")["value"].to_numpy()
    np.testing.assert_array_equal(shuffled, np.sort(live["greedy_shuffled"])[::-1])
    kept = (live["greedy"] == live["matched"]).mean()
    assert own(rows, panel="a", quantity="same")["value"].item() == kept
    assert f"kept {100 * kept:.0f} %" in said(figure)


def test_held_out_values_are_means_over_both_halves(table):
    series = match_series(table)
    unit = own(table, criterion="correlation", dead=False)["unit"].iloc[0]
    where = {"layer": "conv2", "first": 2, "second": 1, "unit": unit}
    halves = own(table, criterion="correlation", **where)
    halves = halves[halves["fold"] != "all"]
    assert len(halves) == 2
    value = own(series, series="matched_heldout", **where)["value"].item()
    assert value == pytest.approx(halves["matched_heldout"].mean())


def test_means_are_over_all_ordered_pairs(matching, untrained, table):
    _, rows = draw_matches(matching, untrained, UnitsLayout())
    live = own(table, criterion="correlation", fold="all", dead=False, layer="conv2")
    means = live.groupby(["first", "second"])["greedy_value"].mean()
    assert len(means) == len(SEEDS) * (len(SEEDS) - 1)
    for name, expected in (
        ("mean", means.mean()),
        ("lowest", means.min()),
        ("highest", means.max()),
    ):
        found = own(rows, panel="c", layer="conv2", quantity=f"{name}_greedy")["value"].item()
        assert found == pytest.approx(expected)
    (null,) = own(rows, panel="c", layer="conv2", quantity="mean_untrained")["value"]
    assert null < means.mean()


def test_untrained_networks_are_not_drawn_without_them(matching):
    figure, rows = draw_matches(matching, None, UnitsLayout(layers=("conv2",)))
    check_figure(figure)
    assert "untrained" not in said(figure)
    assert not rows["quantity"].str.contains("untrained").any()


def test_other_networks_are_no_null(matching, untrained):
    others = dataclasses.replace(untrained, subjects=(subject(7), *untrained.subjects[1:]))
    with pytest.raises(InputError, match="--untrained: not all files are about the same networks"):
        draw_matches(matching, others, UnitsLayout())


def test_information_is_drawn_where_it_was_taken(gathered, matching, table):
    figure, rows = draw_information(gathered, matching, units()["data"], UnitsLayout(count=4))
    check_figure(figure)
    assert set(own(rows, quantity="information")["layer"]) == {"conv1"}
    live = chosen(table, layer="conv1", first=0, second=1, fold="all", dead=False)
    by_information = own(live, criterion="information").set_index("unit")
    by_correlation = own(live, criterion="correlation").set_index("unit")
    shown = own(rows, quantity="information")["value"]
    values = by_information["greedy_value"].sort_values(ascending=False)
    np.testing.assert_array_equal(shown, [*values[:4], *values[-4:]])
    best = {
        name: set(found.nlargest(4, "greedy_value")["greedy"].items())
        for name, found in (("information", by_information), ("correlation", by_correlation))
    }
    shared = len(best["information"] & best["correlation"])
    assert own(rows, quantity="same_best_pairs")["value"].item() == shared
    assert f"{shared} of 4 best pairs are the same" in said(figure)
    filled, open_dots = figure.axes[-1].lines
    same = by_information["greedy"] == by_correlation["greedy"]
    assert (len(filled.get_xdata()), len(open_dots.get_xdata())) == (same.sum(), (~same).sum())
    ranks = np.corrcoef(
        by_information["greedy_value"].rank(), by_correlation["greedy_value"].rank()
    )
    assert own(rows, quantity="rank_correlation")["value"].item() == pytest.approx(ranks[0, 1])


def test_information_that_was_not_taken_is_a_fault_of_the_user(gathered, matching):
    names = [item.name for item in dataclasses.fields(matching) if item.name != "subjects"]
    known = matching.criterion == "correlation"
    without = Matching(
        matching.subjects, **{name: getattr(matching, name)[known] for name in names}
    )
    with pytest.raises(InputError, match="no matches by information: set information_layers"):
        draw_information(gathered, without, units()["data"], UnitsLayout())
    layout = UnitsLayout(layers=("conv2",))
    with pytest.raises(InputError, match="no layer conv2; the files have conv1"):
        draw_information(gathered, matching, units()["data"], layout)


def test_networks_of_unequal_widths():
    matching = read_group_record(Matching, units_of_widths()["matching"])
    layout = UnitsLayout(first=1, second=0)
    figure, rows = draw_matches(matching, None, layout)
    check_figure(figure)
    matched = own(rows, panel="a", quantity="matched")["value"]
    assert matched.isna().sum() >= 24 - 12 - DEAD
    with GatheredUnits(units_of_widths()["gathered"]) as gathered:
        for draw in (draw_pairs, draw_information):
            figure, _ = draw(gathered, matching, units()["data"], layout)
            check_figure(figure)
            assert "left, convnet 3-2x: train 100.0" in said(figure)
