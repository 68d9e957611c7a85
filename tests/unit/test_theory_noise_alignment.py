import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.theory.noise_alignment import cosine, excess_error, hidden_cka, noise_power

ratios = st.floats(0.01, 0.99) | st.floats(1.01, 50)
snrs = st.floats(0.01, 1000)


def test_values_worked_out_by_hand():
    # SNR 10: 1 / (1 + 1 / (10 * 0.5)), and the same on the other side of the threshold.
    assert cosine(0.5, 10) == pytest.approx(5 / 6)
    assert cosine(1.5, 10) == pytest.approx(5 / 6)
    assert cosine(0.5, 10, shared=False) == pytest.approx(5 / 12)
    assert cosine(2, 10, shared=False) == cosine(2, 10) == pytest.approx(10 / 11)
    assert excess_error(0.5, 10) == pytest.approx(0.6)
    assert excess_error(2, 10) == pytest.approx(0.1)
    assert hidden_cka(0.5, 10) == pytest.approx(25 / 36)


@settings(deadline=None, max_examples=50)
@given(ratios, snrs)
def test_alignment_rises_with_signal_and_error_falls(ratio, snr):
    for shared in (True, False):
        assert 0 < cosine(ratio, snr, shared=shared) < cosine(ratio, 2 * snr, shared=shared) < 1
    assert excess_error(ratio, 2 * snr) < excess_error(ratio, snr)


def test_limits():
    assert cosine(0, 10) == pytest.approx(10 / 11)
    assert cosine(0, 10, shared=False) == 0
    assert cosine(1e9, 10) == pytest.approx(1)
    assert cosine(1, 10) == 0
    assert cosine(1, 10, shared=False) == 0
    assert np.isinf(excess_error(1, 10))
    assert excess_error(0, 10) == 1
    assert excess_error(1e9, 10) < 1e-9
    # Without noise learners of the same inputs agree, and err by what the inputs do not span.
    assert cosine(0.3, 1e12) == pytest.approx(1)
    assert cosine(0.3, 1e12, shared=False) == pytest.approx(0.3)
    assert excess_error(0.3, 1e12) == pytest.approx(0.7)


def test_arguments_are_broadcast():
    table = cosine(np.array([[0.5], [2.0]]), np.array([1.0, 10.0, 100.0]))
    assert table.shape == (2, 3)
    assert table[1, 2] == cosine(2, 100)


def test_noise_power_is_the_trace_of_a_pseudo_inverse():
    generator = np.random.default_rng(0)
    for samples in (60, 300):
        inverse = np.linalg.pinv(generator.standard_normal((samples, 150)))
        assert np.square(inverse).sum() == pytest.approx(float(noise_power(samples / 150)), rel=0.1)


def test_same_error_at_very_different_alignment_and_the_other_way_round():
    # Claim 5 in the closed form: well aligned and wrong, or as well aligned and right.
    assert cosine(0.1, 100) > cosine(2, 10) > 0.9
    assert excess_error(0.1, 100) > 0.89 > 0.11 > excess_error(2, 10)


def test_the_module_needs_numpy_alone():
    code = (
        "import sys; from repatlas.theory import noise_alignment; "
        "assert not {'torch', 'scipy', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
