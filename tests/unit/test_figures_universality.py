"""Figures on followed networks, from planted records."""

from dataclasses import replace

import numpy as np
import pytest
from figure_checks import check_figure, drawn_texts, overlap, said
from planted_dynamics import (
    LAYER,
    VARIANTS,
    embedding,
    final_distances,
    fits,
    geometry,
    images,
    layer_law,
    trajectories,
    xor,
)

from repatlas.errors import InputError
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.universality.altered import draw_altered
from repatlas.figures.universality.classes import draw_classes
from repatlas.figures.universality.context import draw_context
from repatlas.figures.universality.curvature import draw_curvature
from repatlas.figures.universality.distances import draw_distances
from repatlas.figures.universality.exponents import draw_exponents
from repatlas.figures.universality.geometry import draw_geometry
from repatlas.figures.universality.layers import draw_layers
from repatlas.figures.universality.lines import draw_lines
from repatlas.figures.universality.losses import draw_losses
from repatlas.figures.universality.merging import draw_merging
from repatlas.figures.universality.pair import draw_pair
from repatlas.figures.universality.shallow import draw_shallow
from repatlas.figures.universality.trajectories import draw_trajectories
from repatlas.figures.universality.xor import draw_xor

PLAIN = UniversalityLayout()


@pytest.fixture(scope="module")
def courses():
    return {name: trajectories(name, replicas=3) for name in ("default", "tanh")}


@pytest.fixture(scope="module")
def fitted(courses):
    return {name: fits(one, whole=name == "default") for name, one in courses.items()}


def rows(table, **wanted):
    chosen = np.ones(len(table), dtype=bool)
    for name, value in wanted.items():
        chosen &= table[name] == value
    return table[chosen]


def test_trajectories_show_networks_and_the_theory_of_the_typical_one(courses, fitted):
    figure, table = draw_trajectories(courses, fitted, UniversalityLayout(titles={"tanh": "Tanh"}))
    check_figure(figure)
    assert table["title"].unique().tolist() == ["default", "Tanh"]
    error = fitted["default"].error[:, LAYER]
    typical = int(np.argsort(error)[1])
    theory = rows(table, panel="a", quantity="‖dy‖²", series=f"theory, seed {typical}")
    np.testing.assert_allclose(theory["value"], fitted["default"].output[typical], rtol=1e-6)
    network = rows(table, panel="b", quantity="w", series="network, seed 0")
    np.testing.assert_allclose(network["value"], courses["tanh"].misalignment[0], rtol=1e-6)
    assert f"error {np.median(error):.3f}" in said(figure)


def test_small_hidden_distances_are_drawn_with_a_factor_that_is_told(courses, fitted):
    course = replace(courses["default"], hidden=courses["default"].hidden / 10)
    figure, table = draw_trajectories({"one": course}, {"one": fitted["default"]}, PLAIN)
    assert "10 ‖dh‖² drawn" in said(figure)
    drawn = rows(table, quantity="‖dh‖²", series="network, seed 0")["value"]
    np.testing.assert_allclose(drawn, 10 * course.hidden[0, LAYER], rtol=1e-6)


def test_networks_that_did_not_learn_or_tell_their_rates_are_marked(courses, fitted):
    lost = replace(courses["default"], converged=np.zeros(3, dtype=bool))
    untold = replace(fitted["tanh"], identifiable=np.zeros_like(fitted["tanh"].identifiable))
    figure, _ = draw_trajectories(
        {"default": lost, "tanh": courses["tanh"]}, fitted | {"tanh": untold}, PLAIN
    )
    check_figure(figure)
    assert "not learnt" in said(figure)
    assert "rates not told" in said(figure)


def test_no_remark_lies_over_what_a_panel_shows(courses, fitted):
    untold = replace(fitted["tanh"], identifiable=np.zeros_like(fitted["tanh"].identifiable))
    small = replace(courses["tanh"], hidden=courses["tanh"].hidden / 10)
    figure, _ = draw_trajectories(
        {"default": courses["default"], "tanh": small}, fitted | {"tanh": untold}, PLAIN
    )
    check_figure(figure)
    panels = {axes.get_position().bounds: axes for axes in figure.axes if axes.lines}
    above = [
        (text, box)
        for text, box, _ in drawn_texts(figure)
        if text.endswith("drawn") or text == "rates not told"
    ]
    assert [text for text, _ in above] == ["10 ‖dh‖² drawn", "rates not told"]
    assert not any(overlap(box, axes.bbox) for _, box in above for axes in panels.values())
    titles = [box for text, box, _ in drawn_texts(figure) if text in ("default", "tanh")]
    assert titles[0].y0 == pytest.approx(titles[1].y0, abs=1)


def test_twenty_networks_fit_a_printed_page():
    followed = {f"network_{number}": trajectories(replicas=1, times=21) for number in range(20)}
    figure, table = draw_trajectories(
        followed, {name: fits(one) for name, one in followed.items()}, PLAIN
    )
    check_figure(figure)
    assert table["panel"].nunique() == 20
    # An A4 page with margins of an inch.
    assert figure.get_figheight() < 9.7


def test_replicas_that_have_diverged_leave_no_numbers(courses, fitted):
    course = replace(
        courses["default"],
        hidden=courses["default"].hidden.copy(),
        output=courses["default"].output.copy(),
    )
    course.hidden[2, :, 50:] = course.output[2, 50:] = np.nan
    error = fitted["default"].error.copy()
    error[2] = np.nan
    fit = replace(fitted["default"], error=error)
    figure, table = draw_trajectories({"one": course}, {"one": fit}, PLAIN)
    check_figure(figure)
    assert len(rows(table, quantity="‖dy‖²", series="network, seed 2")) == 50
    assert np.isfinite(table["value"]).all()


def test_fits_must_belong_to_their_courses(courses, fitted):
    with pytest.raises(InputError, match="--fits: 1 files for 2 of --trajectories"):
        draw_trajectories(courses, {"default": fitted["default"]}, PLAIN)
    swapped = dict(reversed(fitted.items()))
    with pytest.raises(InputError, match="--fits: tanh was not fitted to default"):
        draw_losses(courses, swapped, PLAIN)


def test_losses_have_the_plateau_of_equal_outputs(courses, fitted):
    figure, table = draw_losses(courses, fitted, PLAIN)
    check_figure(figure)
    assert rows(table, quantity="plateau")["value"].tolist() == [0.0625, 0.0625]
    assert figure.axes[0].get_yscale() == "log"


def test_final_distances_agree_only_over_pairs_that_were_learnt():
    found = {"default": final_distances(), "gain": final_distances(lazy=True)}
    figure, table = draw_distances(found, PLAIN)
    check_figure(figure)
    one = found["default"]
    good = one.converged
    r = np.corrcoef(one.predicted[good], one.measured[good])[0, 1]
    assert f"r = {r:.3f}" in said(figure)
    assert len(rows(table, panel="a", quantity="measured")) == good.sum()
    assert len(rows(table, panel="a", quantity="measured, not learnt")) == 1
    assert "25 pairs" in said(figure)
    assert "exact R²" in said(figure)
    lost = replace(one, converged=np.zeros_like(good))
    key_and_panel = said(draw_distances({"default": lost}, PLAIN)[0]).count("not learnt")
    assert key_and_panel == said(figure).count("not learnt") + 1


def test_layers_are_drawn_of_files_that_have_them(fitted):
    figure, table = draw_layers(fitted, PLAIN)
    check_figure(figure)
    assert not table["series"].str.startswith("tanh").any()
    drawn = rows(table, quantity="error", series="default, replica 1")
    np.testing.assert_allclose(drawn["value"], fitted["default"].error[1])
    with pytest.raises(InputError, match="--layers all"):
        draw_layers({"tanh": fitted["tanh"]}, PLAIN)


def test_altered_equations_are_held_against_the_true_ones(fitted):
    figure, table = draw_altered(fitted, PLAIN)
    check_figure(figure)
    errors = fitted["tanh"].variant_error
    ratio = np.median(errors / errors[:, [0]], axis=0)[1:]
    drawn = rows(table, quantity="error_ratio", series="tanh")
    np.testing.assert_allclose(drawn["value"], ratio)
    assert len(rows(table, quantity="error")) == 2 * 3 * len(VARIANTS)
    other = replace(fitted["tanh"], variant=np.array(["alt1", *VARIANTS[1:]]))
    with pytest.raises(InputError, match="--fits: files must have the same changes"):
        draw_altered({"tanh": other}, PLAIN)


def test_xor_shows_distances_of_theory_and_networks(fitted):
    figure, table = draw_xor(xor(), fitted["default"], PLAIN)
    check_figure(figure)
    theory = rows(table, panel="b", series="01 - 10")
    assert theory["value"].item() < 0.05
    assert rows(table, panel="j", series="01 - 10")["value"].item() > 2
    assert len(rows(table, panel="d", quantity="measured")) == 6 * 3


def test_context_tells_what_is_kept_of_the_useless_feature():
    figure, table = draw_context(embedding(positions=6), PLAIN)
    check_figure(figure)
    kept = rows(table, quantity="kept").groupby("series", sort=False)["value"].mean()
    assert kept["high_init"] == pytest.approx(0.5, abs=0.03)
    assert kept["vlow_init"] < 0.05
    assert "high init" in said(figure)


def test_pair_of_images_has_a_panel_a_seed(courses, fitted):
    figure, table = draw_pair(courses["default"], fitted["default"], PLAIN)
    check_figure(figure)
    assert table["title"].unique().tolist() == ["seed 0", "seed 1", "seed 2"]


def test_classes_are_compared_with_and_without_pairs_of_one_class():
    figure, table = draw_classes(images(classes=4, each=5), PLAIN)
    check_figure(figure)
    measured = rows(table, quantity="measured")
    assert len(measured) == 4 * 5 / 2
    other = measured[measured["series"] == "other"]
    r = np.corrcoef(other["x"], other["value"])[0, 1]
    assert f"r other = {min(r, 0.999):.{3 if r > 0.99 else 2}f}" in said(figure)
    assert (measured[measured["series"] == "same"]["x"] == 0).all()


def test_lines_start_where_networks_do_and_have_the_slope_of_the_rates(courses, fitted):
    figure, table = draw_lines(courses, fitted, PLAIN)
    check_figure(figure)
    assert table["panel"].nunique() == 3
    line = rows(table, panel="a", quantity="ratio")
    line = line[line["series"].str.startswith("theory")]
    fit, replica = fitted["default"], int(line["series"].iloc[0][-1])
    slope = np.diff(line["value"]) / np.diff(line["x"])
    assert slope == pytest.approx(fit.line_slope[replica, LAYER])
    h = courses["default"].hidden[replica, LAYER, 0]
    assert line["value"].iloc[0] == pytest.approx(courses["default"].output[replica, 0] / h)


def test_geometry_shows_every_comparison_and_all_maps():
    pairs = {name: xor(settings=("rich", "lazy")) for name in ("default", "tanh")}
    found = geometry(("default", "tanh"))
    figure, table = draw_geometry(found, pairs, PLAIN)
    check_figure(figure)
    np.testing.assert_allclose(rows(table, quantity="correlation")["value"], found.correlation)
    assert table["panel"].nunique() == 2 + 4
    assert "p ≤ 0.05: 1 of 1" in said(figure)


def test_exponents_and_half_times_stand_below_each_other():
    law = {"default": layer_law(), "linear": layer_law(6)}
    figure, table = draw_exponents(law, PLAIN)
    check_figure(figure)
    assert len(rows(table, panel="a", quantity="exponent")) == 10 * 3 + 10
    assert len(rows(table, panel="c", quantity="half time")) == 9 * 3 - 1


def test_merging_has_a_row_a_network_and_shows_identical_targets_only():
    courses = {
        "default": trajectories(replicas=2, targets=(0.0, 0.5)),
        "tanh": trajectories("tanh", replicas=3, targets=(0.0,)),
    }
    figure, table = draw_merging(courses, PLAIN)
    check_figure(figure)
    assert table["panel"].nunique() == 6
    assert len(rows(table, panel="a")["series"].unique()) == 2
    assert len(rows(table, panel="f", quantity="end")) == 3
    assert "of 2 foretold to merge" in said(figure)
    with pytest.raises(InputError, match="--trajectories: default has no pair with identical"):
        draw_merging({"default": trajectories(replicas=2)}, PLAIN)


def test_merging_says_where_the_mean_is_not_learnt():
    good = trajectories(replicas=2, targets=(0.0,))
    loss = np.ones_like(good.loss)
    figure, table = draw_merging({"good": good, "slow": replace(good, loss=loss)}, PLAIN)
    check_figure(figure)
    assert "mean not learnt" in said(figure)
    drawn = rows(table, panel="d", series="seed 1")["value"]
    hidden = good.hidden[1, LAYER]
    np.testing.assert_allclose(drawn, hidden / hidden[0])


def test_shallow_networks_are_drawn_beside_deep_ones():
    settings = ("rich", "lazy", "shallow")
    pairs = {"relu": xor(settings=settings), "tanh": xor(settings=settings), "elu": xor()}
    loss = pairs["tanh"].loss.copy()
    loss[2, 0] = 1.0
    final = pairs["tanh"].final_distance.copy()
    final[2] = final[2, 1]
    pairs["tanh"] = replace(pairs["tanh"], loss=loss, final_distance=final)
    figure, table = draw_shallow(pairs, UniversalityLayout(titles={"tanh": "Tanh"}))
    check_figure(figure)
    assert table["title"].unique().tolist()[:2] == ["relu", "Tanh"]
    found = rows(table, panel="e", quantity="ratio", series="shallow", x=1)["value"]
    square = final[2, 1]
    ratio = (square[0, 3] + square[1, 2]) / 2 / np.mean(square[[0, 0, 3, 3], [1, 2, 1, 2]])
    np.testing.assert_allclose(found, [ratio] * 2)
    inputs = rows(table, series="inputs")["value"].item()
    assert inputs == pytest.approx(np.sqrt(2))
    drawn = rows(table, panel="d", series="00 - 11")["value"].item()
    assert drawn == pytest.approx(square[0, 3] / np.mean(square[[0, 0, 3, 3], [1, 2, 1, 2]]))


def test_shallow_networks_need_two_kinds():
    with pytest.raises(InputError, match="--pairs: 1 networks have a setting 'shallow'"):
        draw_shallow({"relu": xor(settings=("shallow",)), "tanh": xor()}, PLAIN)


def test_maps_before_training_have_a_scale_of_their_own():
    found = images(classes=4, each=5)
    small = replace(found, start_distance=found.start_distance / 1000)
    figure, _ = draw_classes(small, PLAIN)
    first = figure.axes[0].get_images()[0]
    assert first.norm.vmax == pytest.approx(np.max((small.start_distance[0] ** 2).mean(axis=0)))
    assert figure.axes[1].get_images()[0].norm.vmax > 1000 * first.norm.vmax


def test_straight_maps_take_no_part_in_curvature(courses, fitted):
    flat = replace(courses["tanh"], curvature=np.full_like(courses["tanh"].curvature, 1e-6))
    figure, table = draw_curvature({"default": courses["default"], "flat": flat}, fitted, PLAIN)
    check_figure(figure)
    assert "largest below 0.001" in said(figure)
    assert not rows(table, quantity="error")["series"].str.startswith("flat").any()


def test_curvature_is_held_against_errors_of_fit(courses, fitted):
    figure, table = draw_curvature(courses, fitted, PLAIN)
    check_figure(figure)
    assert len(rows(table, panel="c", quantity="error")) == 3 * 10 + 3
    assert "rank correlation 0." in said(figure)
