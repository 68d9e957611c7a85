"""Figures on learners of noisy labels, from planted records."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from planted_noise import RATIOS, SNRS, SPECS, ensemble, simulation

from repatlas.ensembles.settings import of_ensemble, of_simulation
from repatlas.errors import InputError
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.generalisation import draw_generalisation
from repatlas.figures.noise.networks import draw_networks
from repatlas.figures.noise.pitfalls import draw_pitfalls
from repatlas.figures.noise.snr import draw_snr
from repatlas.figures.noise.theory import draw_theory
from repatlas.theory import noise_alignment

STAND_IN = "Stand-in of this project"


@pytest.fixture(scope="module")
def exact():
    return simulation("holding")


def rows(table, **wanted):
    chosen = np.ones(len(table), dtype=bool)
    for name, value in wanted.items():
        chosen &= table[name] == value
    return table[chosen]


def test_alignment_and_error_against_samples(exact):
    figure, table = draw_theory(exact, NoiseLayout())
    check_figure(figure)
    found = of_simulation(exact, "cosine")
    drawn = rows(table, panel="a", quantity="cosine", snr=10.0)
    assert drawn["ratio"].tolist() == list(RATIOS)
    np.testing.assert_allclose(drawn["value"], found.alignment[:, :, 2].mean(axis=0))
    np.testing.assert_allclose(drawn["spread"], found.alignment[:, :, 2].std(axis=0))
    closed = rows(table, panel="b", quantity="expected_cosine", snr=1.0)
    expected = noise_alignment.cosine(RATIOS, 1.0, shared=False)
    np.testing.assert_allclose(closed["value"], expected)
    assert len(rows(table, panel="c", quantity="excess_error")) == len(RATIOS) * len(SNRS)
    assert STAND_IN in said(figure)
    assert "d = 40, 4 repetitions" in said(figure)


def test_some_noise_levels_can_be_shown_and_unknown_ones_are_told(exact):
    _, table = draw_theory(exact, NoiseLayout(snrs=(100.0, 1.0)))
    assert sorted(table["snr"].unique()) == [1.0, 100.0]
    with pytest.raises(InputError, match=r"--layout: snrs: there is no 3; the files hold: 0\.3, 1"):
        draw_theory(exact, NoiseLayout(snrs=(3.0,)))


def test_alignment_against_noise_shows_the_sample_sizes_that_there_are(exact):
    figure, table = draw_snr(exact, NoiseLayout(ratios=(0.125, 0.9, 8.0)))
    check_figure(figure)
    assert sorted(table["ratio"].unique()) == [0.125, 8.0]
    assert len(rows(table, panel="b", quantity="cosine")) == 2 * len(SNRS)
    _, all_of_them = draw_snr(exact, NoiseLayout(ratios=(0.9,)))
    assert sorted(all_of_them["ratio"].unique()) == list(RATIOS)


def test_alignment_against_error_has_a_panel_for_each_ensemble(exact):
    ensembles = [ensemble("holding", key) for key in ("linear", "relu", "images")]
    figure, table = draw_generalisation(exact, ensembles, NoiseLayout())
    check_figure(figure)
    assert table["panel"].nunique() == 5
    found = of_ensemble(ensembles[1], "cosine")
    drawn = rows(table, panel="d", quantity="test_error", snr=0.3)
    np.testing.assert_allclose(drawn["value"], found.error[:, :, 0].mean(axis=0))
    text = said(figure)
    # Well aligned and wrong, well aligned and right: by the closed form, at SNR 100.
    assert f"error {noise_alignment.excess_error(RATIOS[0], 100):.2g}" in text
    assert f"error {noise_alignment.excess_error(RATIOS[-1], 100):.2g}" in text
    assert "Labels drawn anew at SNR 0.3, 1, 10, 100: 52.0%, 29.3%, 4.7%, 0.5%." in text
    alone, _ = draw_generalisation(exact, [], NoiseLayout())
    check_figure(alone)


def test_where_no_two_settings_are_aligned_none_are_marked():
    figure, _ = draw_generalisation(simulation("failing"), [], NoiseLayout())
    check_figure(figure)
    assert "error 0" not in said(figure)


def test_pitfalls_with_and_without_trained_networks(exact):
    start = ensemble("holding", "start")
    figure, table = draw_pitfalls(exact, [start, start], NoiseLayout())
    check_figure(figure)
    assert table["panel"].unique().tolist() == ["a", "b", "c"]
    spike = rows(table, panel="a", learners="own inputs, ridge")
    assert spike["snr"].unique().tolist() == [10.0]
    less = rows(table, panel="b", quantity="cka_above_chance", learners="2, less chance")
    raw = rows(table, panel="b", quantity="cka", learners="2 outputs")
    np.testing.assert_allclose(raw["value"].to_numpy() - less["value"].to_numpy(), 0.02)
    untrained = rows(table, panel="c", learners="untrained")
    np.testing.assert_allclose(untrained["value"], 0.4)
    assert sorted(untrained["scale"].unique()) == [0.1, 1.0]
    bare, table = draw_pitfalls(exact, [], NoiseLayout())
    check_figure(bare)
    assert table["panel"].unique().tolist() == ["a", "b"]


@pytest.mark.parametrize("keys", [("linear", "relu"), ("images",)])
def test_networks_against_samples(keys):
    ensembles = [ensemble("holding", key) for key in keys]
    figure, table = draw_networks(ensembles, NoiseLayout())
    check_figure(figure)
    assert table["panel"].nunique() == 4 * len(keys)
    drawn = rows(table, panel="b", quantity="cosine", snr=100.0)
    expected = of_ensemble(ensembles[0], "cosine").alignment[:, :, 3]
    np.testing.assert_allclose(drawn["value"], expected.mean(axis=0))
    np.testing.assert_allclose(rows(table, quantity="chance")["value"], 0.02)
    text = said(figure)
    assert ("closed form" in text) == ("linear" in keys)
    assert STAND_IN in text
    samples = [line for line in figure.axes[0].lines if len(line.get_xdata()) == len(RATIOS)]
    assert list(samples[0].get_xdata()) == list(SPECS["linear"].samples)
