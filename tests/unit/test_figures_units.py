"""Figures on units of several networks: correlations, activity, spectra, and what they are told."""

import matplotlib as mpl
import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_units import DEAD, SEEDS, STAGES, own, subject, units, units_of_widths
from hypothesis import given
from hypothesis import strategies as st

from repatlas.errors import InputError
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.style import WARNING
from repatlas.figures.units.activity import draw_activity
from repatlas.figures.units.correlation_matrices import in_order_of_matches
from repatlas.figures.units.correlations import draw_correlations
from repatlas.figures.units.group import Group, layers_shown, require_same_runs
from repatlas.figures.units.matched import matches_table, of_pair
from repatlas.figures.units.spectra import draw_spectra
from repatlas.group_records import read_group_record
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Matching

TITLES = [stage.title for stage in STAGES]


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


def test_networks_are_named_by_what_tells_them_apart():
    seeds = Group.of([subject(0), subject(1)])
    assert (seeds.names, seeds.label) == (("seed 0", "seed 1"), "convnet 3-1x")
    mixed = Group.of([subject(0), subject(0, checkpoint="epoch-0001")])
    assert mixed.label == ""
    assert mixed.names == ("convnet 3-1x, final", "convnet 3-1x, epoch-0001")


def test_files_about_other_networks_are_refused(gathered, matching, untrained):
    with pytest.raises(InputError, match="give the record that was made of these units"):
        draw_correlations(gathered, untrained, UnitsLayout())
    require_same_runs(matching, [untrained], "untrained")


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ({"second": 3}, "there is no network 3; the files have 3, numbered from 0: seed 0, seed 1"),
        ({"first": 1}, "first and second are both 1, seed 1: name two networks"),
        ({"layers": ("conv1", "fc9")}, "there is no layer fc9; the files have conv1, conv2"),
    ],
)
def test_what_the_files_lack_is_said(gathered, matching, layout, message):
    with pytest.raises(InputError, match=message):
        draw_correlations(gathered, matching, UnitsLayout(**layout))


def test_layers_stand_from_input_to_output():
    assert layers_shown(TITLES, UnitsLayout(layers=("conv2", "conv1"))) == [0, 1]
    assert layers_shown(TITLES, UnitsLayout(), most=1) == [0]


def test_figures_do_not_depend_on_settings_of_the_user(gathered):
    plain = draw_spectra(gathered, UnitsLayout())[0].axes[0].lines[0].get_linewidth()
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30}):
        figure, _ = draw_spectra(gathered, UnitsLayout())
        assert figure.axes[0].lines[0].get_linewidth() == plain
        assert figure.axes[0].xaxis.label.get_fontsize() < 10


def test_matrices_are_the_correlations_and_the_last_is_permuted(gathered, matching, table):
    figure, rows = draw_correlations(gathered, matching, UnitsLayout(layers=("conv2",)))
    check_figure(figure)
    moments = gathered.moments(1)
    for panel, networks in (("a", (0, 0)), ("b", (1, 1)), ("c", (0, 1))):
        cells = own(rows, panel=panel, quantity="correlation")
        drawn = cells["value"].to_numpy().reshape(16, 16)
        expected = moments.correlation(*networks)
        live = np.isfinite(drawn)
        np.testing.assert_array_equal(drawn[live], expected[live])
        assert live.sum() == (16 - DEAD) ** 2
    order = of_pair(table, Group.of(matching.subjects).pair(UnitsLayout()), "conv2")["matched"]
    cells = own(rows, panel="d", quantity="correlation")
    assert cells["match"].to_numpy()[:16].tolist() == order.tolist()
    image = figure.axes[3].get_images()[0].get_array()
    natural = figure.axes[2].get_images()[0].get_array()
    np.testing.assert_array_equal(image.filled(9), natural[:, order].filled(9))


def test_mean_of_the_diagonal_is_that_of_the_record(gathered, matching, table):
    figure, rows = draw_correlations(gathered, matching, UnitsLayout())
    for panel, layer in (("d", "conv1"), ("h", "conv2")):
        live = own(
            table, layer=layer, criterion="correlation", fold="all", first=0, second=1, dead=False
        )
        mean = own(rows, panel=panel, quantity="mean_diagonal")["value"].item()
        assert mean == pytest.approx(live["matched_value"].mean())
        assert f"mean of the diagonal {mean:.2f}" in said(figure)
        before = own(rows, panel=chr(ord(panel) - 1), quantity="mean_diagonal")["value"].item()
        assert before < mean


def test_dead_units_are_grey_and_counted(gathered, matching):
    figure, rows = draw_correlations(gathered, matching, UnitsLayout())
    assert own(rows, quantity="dead_units")["value"].tolist() == [DEAD] * 4
    assert "Dead units of seed 0 and seed 1: conv1 1 and 1, conv2 1 and 1." in said(figure)
    assert said(figure).split("\n").count("dead") == 2


def test_network_that_did_not_fit_is_marked(gathered, matching):
    figure, _ = draw_correlations(gathered, matching, UnitsLayout(second=2))
    check_figure(figure)
    assert said(figure).count("did not fit") == 2
    figure, _ = draw_correlations(gathered, matching, UnitsLayout())
    assert "did not fit" not in said(figure)


@given(st.permutations(range(6)), st.integers(3, 9))
def test_order_of_matches_keeps_matches_at_one_place(units_order, count):
    matched = np.array([unit if unit < count else -1 for unit in units_order])
    rows, columns = in_order_of_matches(matched, count)
    assert sorted(rows) == list(range(6))
    assert sorted(columns) == list(range(count))
    together = int((matched >= 0).sum())
    np.testing.assert_array_equal(matched[rows[:together]], columns[:together])
    assert (matched[rows[together:]] == -1).all()


def test_most_and_least_active_units_stand_in_order(gathered):
    layout = UnitsLayout(layers=("conv2",), count=3)
    figure, rows = draw_activity(gathered, units()["data"], layout)
    check_figure(figure)
    for network in range(len(SEEDS)):
        means = gathered.moments(1).means(network)
        live = np.flatnonzero(means > 0)
        ranked = live[np.argsort(-means[live])]
        shown = own(rows, quantity="mean_activation", first=f"seed {network}")
        assert shown["unit"].tolist() == [*ranked[:3], *ranked[-3:]]
        np.testing.assert_array_equal(shown["value"], means[[*ranked[:3], *ranked[-3:]]])
    assert own(rows, quantity="dead_units")["value"].tolist() == [DEAD] * 3
    (warning,) = (text for text in figure.texts if "did not fit" in text.get_text())
    assert warning.get_text().startswith("seed 2, did not fit: train 60.0")
    assert warning.get_color() == WARNING
    assert "conv2 1, 1, 1" in said(figure).replace("\n", " ")


def test_spectra_fall_on_a_logarithmic_axis(gathered):
    figure, rows = draw_spectra(gathered, UnitsLayout())
    check_figure(figure)
    assert [axes.get_yscale() for axes in figure.axes] == ["log", "log"]
    for panel, layer in (("a", 0), ("b", 1)):
        for network in range(len(SEEDS)):
            means = gathered.moments(layer).means(network)
            spectrum = own(rows, panel=panel, quantity="mean_activation", first=f"seed {network}")
            np.testing.assert_array_equal(spectrum["value"], np.sort(means[means > 0])[::-1])
            line = figure.axes[layer].lines[network]
            np.testing.assert_array_equal(line.get_ydata(), spectrum["value"])
    assert "dead 1, 1, 1 of 12" in said(figure)


def test_networks_of_unequal_widths():
    with GatheredUnits(units_of_widths()["gathered"]) as gathered:
        matching = read_group_record(Matching, units_of_widths()["matching"])
        for layout in (UnitsLayout(), UnitsLayout(first=1, second=0)):
            figure, rows = draw_correlations(gathered, matching, layout)
            check_figure(figure)
            cells = own(rows, panel="d", quantity="correlation")
            assert sorted(cells["unit"].unique()) == list(range(12 * (1 + layout.first)))
            dead = np.flatnonzero(~gathered.moments(0).alive(layout.first)).tolist()
            empty = cells.groupby("unit")["value"].count() == 0
            assert empty[empty].index.tolist() == dead
        figure, rows = draw_spectra(gathered, UnitsLayout())
        check_figure(figure)
        assert "dead 1, 1, 1 of 12 or 24" in said(figure)
        figure, _ = draw_activity(gathered, units()["data"], UnitsLayout())
        check_figure(figure)
