import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.ensembles.settings import of_simulation
from repatlas.ensembles.simulate import Factors, simulate_alignment
from repatlas.ensembles.spec import SimulationSpec

SMALL = SimulationSpec(
    inputs=60, ratios=(0.25, 0.5, 1.0, 2.0, 4.0), snrs=(1.0, 10.0), outputs=(1, 5), replicas=12
)


@pytest.fixture(scope="module")
def record():
    return simulate_alignment(SMALL)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.floats(0.01, 10))
def test_solutions_are_those_of_the_pseudo_inverse_and_of_ridge(seed, samples, penalty):
    generator = np.random.default_rng(seed)
    inputs, labels = generator.standard_normal((samples, 7)), generator.standard_normal(samples)
    factors, column = Factors.of(inputs), labels[:, None]
    expected = np.linalg.pinv(inputs) @ column
    np.testing.assert_allclose(factors.solve(column), expected, atol=1e-6, rtol=1e-6)
    normal = inputs.T @ inputs + penalty * np.eye(7)
    expected = np.linalg.solve(normal, inputs.T @ column)
    np.testing.assert_allclose(factors.solve(column, penalty), expected, atol=1e-9)


@pytest.mark.parametrize("shared", [True, False])
def test_means_lie_on_the_closed_form_away_from_the_threshold(record, shared):
    found = of_simulation(record, "cosine", shared=shared)
    away = ~found.near
    cosine = found.alignment.mean(axis=0)[away]
    # One repetition varies by (1 - c^2) / sqrt(60) < 0.13; the mean of 12 by less than 0.04.
    np.testing.assert_allclose(cosine, found.expected_cosine[away], atol=0.12)
    error = found.error.mean(axis=0)[away] / found.expected_error[away]
    np.testing.assert_allclose(error, 1, atol=0.25)


def test_table_holds_every_setting_once(record):
    keys = ("ratio", "snr", "shared", "ridge", "outputs", "replica")
    rows = set(zip(*(getattr(record, key).tolist() for key in keys), strict=True))
    assert len(rows) == len(record.cosine) == 5 * 2 * 2 * 2 * 2 * 12
    assert record.samples.tolist() == np.round(record.ratio * 60).tolist()


def test_same_inputs_at_the_threshold_make_cka_spike_though_the_mean_cosine_does_not(record):
    spike = of_simulation(record, "cka").alignment[:, 2, 0].mean()
    cosine = of_simulation(record, "cosine").alignment[:, 2, 0].mean()
    own = of_simulation(record, "cka", shared=False).alignment[:, 2, 0].mean()
    assert spike > 0.25
    assert abs(cosine) < 0.45
    assert own < 0.1
    # What spikes is what inputs alone do: chance has the spike as well.
    assert of_simulation(record, "chance").alignment[:, 2, 0].mean() > 0.2


def test_chance_is_small_where_much_is_known_of_either_teacher(record):
    for shared in (True, False):
        assert of_simulation(record, "chance", shared=shared).alignment[:, 4, 1].mean() < 0.1
        assert of_simulation(record, "cka", shared=shared).alignment[:, 4, 1].mean() > 0.8


def test_a_penalty_brings_the_cases_together_at_the_threshold(record):
    same, own = (
        of_simulation(record, "cka", shared=shared, ridge=0.01).alignment[:, 2, 1].mean()
        for shared in (True, False)
    )
    assert abs(same - own) < 0.15


def test_several_outputs_raise_cka_and_chance_takes_it_back():
    spec = SimulationSpec(
        inputs=100, ratios=(0.9,), snrs=(1.0,), outputs=(1, 5), ridges=(0.0,), replicas=20
    )
    found = simulate_alignment(spec)
    raw, less = (
        of_simulation(found, measure, outputs=5).alignment.mean()
        for measure in ("cka", "above_chance")
    )
    assert raw > 0.12
    assert abs(less) < 0.06


def test_the_same_spec_gives_the_same_numbers_and_another_seed_others(record):
    again = simulate_alignment(SMALL)
    other = simulate_alignment(SMALL.model_copy(update={"seed": 1}))
    for field in dataclasses.fields(record):
        np.testing.assert_array_equal(getattr(record, field.name), getattr(again, field.name))
    assert not np.array_equal(record.cosine, other.cosine)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"outputs": (1, 70)}, "outputs: 70"),
        ({"ratios": (0.01,)}, "ratios: 0.01"),
        ({"snrs": (0.0,)}, "greater than 0"),
        ({"ridges": (-1.0,)}, "greater than or equal to 0"),
    ],
)
def test_impossible_settings_are_refused(change, told):
    with pytest.raises(ValueError, match=told):
        SimulationSpec.model_validate(SMALL.model_dump() | change)
