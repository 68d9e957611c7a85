import numpy as np
import pytest
from planted_courses import (
    LAYER,
    PAIR,
    RATES,
    SCALES,
    STEPS,
    changed,
    lazy_start,
    planted,
    run_script,
)

from repatlas.dynamics.findings import Fits
from repatlas.dynamics.fitting import TRUE, fit_trajectories
from repatlas.errors import InputError
from repatlas.setting_records import read_setting_record, write_setting_record
from repatlas.theory.effective import Pair, Rates


def fitted(followed, **options):
    return fit_trajectories(followed, variants=(), **options)


@pytest.fixture(scope="module")
def found():
    return fit_trajectories(planted(), all_layers=True)


def test_rates_that_were_planted_are_found_at_every_layer(found):
    np.testing.assert_allclose(found.hidden_rate[0], RATES.hidden * SCALES, rtol=1e-3)
    np.testing.assert_allclose(found.output_rate[0], RATES.output / SCALES, rtol=1e-3)
    assert found.identifiable.all()


def test_a_course_of_the_theory_has_no_error(found):
    assert (found.error < 1e-4).all()
    assert (found.paper_error < 1e-8).all()
    followed = planted()
    np.testing.assert_allclose(found.hidden, followed.hidden[:, LAYER], rtol=1e-3)
    np.testing.assert_allclose(found.output, followed.output, atol=1e-4)
    np.testing.assert_allclose(found.misalignment, followed.misalignment, atol=1e-4)


def test_the_line_has_the_slope_of_the_theory(found):
    np.testing.assert_allclose(found.line_correlation, 1)
    slope = RATES.output / RATES.hidden / PAIR.input_square / SCALES**2
    np.testing.assert_allclose(found.line_slope[0], slope, rtol=1e-6)


def test_changed_equations_fit_worse(found):
    assert found.variant.tolist() == [TRUE, "alt1", "alt2", "alt3", "alt4"]
    assert found.variant_error[0, 0] == found.error[0, LAYER]
    # Twice the encoder's rate is no change where both layers are in balance: not to be told.
    others = found.variant_error[0, [1, 3, 4]]
    assert (others > 0.01).all()


def test_the_rate_of_the_mean_output_is_that_of_the_loss(found):
    assert found.mean_rate[0] == pytest.approx(RATES.mean, rel=1e-3)
    assert found.loss_error[0] < 1e-4
    np.testing.assert_allclose(found.loss, planted().loss, atol=1e-4)


def test_only_the_compared_layer_is_fitted_unless_all_are_asked_for(found):
    few = fitted(planted())
    assert np.isnan(few.hidden_rate[0, [0, 2]]).all()
    assert not few.identifiable[0, [0, 2]].any()
    assert few.hidden_rate[0, LAYER] == found.hidden_rate[0, LAYER]
    np.testing.assert_array_equal(few.hidden, found.hidden)


def test_a_lazy_course_does_not_tell_its_rates():
    followed = planted(start=lazy_start(Pair(np.array([1.0]), np.array([0.5]))))
    found = fitted(followed)
    assert not found.identifiable.any()
    assert found.error[0, LAYER] < 1e-2


def test_rates_are_over_one_step_whatever_is_recorded():
    pair = Pair(0.7, 0.9)
    found = fitted(planted(pair, steps=STEPS * 10, rates=Rates(4e-4, 5e-3, 2e-3)))
    assert found.hidden_rate[0, LAYER] == pytest.approx(4e-4, rel=1e-3)
    assert found.output_rate[0, LAYER] == pytest.approx(5e-3, rel=1e-3)
    assert found.mean_rate[0] == pytest.approx(2e-3, rel=1e-3)


def test_a_replica_that_diverged_says_nothing_and_leaves_the_others_alone(found):
    both = planted(seeds=2)
    hidden = both.hidden.copy()
    hidden[0, :, 50:] = np.nan
    broken = fitted(changed(both, hidden=hidden))
    for name in ("hidden_rate", "error", "line_slope", "mean_rate", "loss", "variant_error"):
        assert np.isnan(getattr(broken, name)[0]).all()
    assert not broken.identifiable[0].any()
    assert broken.hidden_rate[1, LAYER] == found.hidden_rate[0, LAYER]


def test_points_that_a_layer_never_tells_apart_are_not_fitted():
    followed = planted()
    hidden = followed.hidden.copy()
    hidden[:, 0] = 0
    found = fitted(changed(followed, hidden=hidden), all_layers=True)
    assert np.isnan(found.error[0, 0])
    assert np.isfinite(found.error[0, 1:]).all()


def test_points_that_have_become_one_have_no_line_but_rates():
    followed = planted(Pair(1.0, 0.0), start=lazy_start(Pair(np.ones(1), np.zeros(1)), 0.2))
    hidden = followed.hidden.copy()
    hidden[..., -1] = 0
    found = fitted(changed(followed, hidden=hidden))
    assert np.isnan(found.line_slope[0, LAYER])
    assert np.isfinite(found.output_rate[0, LAYER])


def test_the_loss_of_more_than_the_pair_is_not_told():
    followed = planted()
    found = fitted(changed(followed, loss=followed.loss + 0.5))
    assert np.isnan(found.mean_rate[0])
    assert np.isnan(found.loss[0]).all()
    assert found.error[0, LAYER] < 1e-4


def test_a_mean_output_that_is_right_from_the_start_has_no_rate_but_a_loss():
    found = fitted(planted(mean_square=0.0))
    assert np.isnan(found.mean_rate[0])
    assert found.loss_error[0] < 1e-3


def test_a_course_that_is_too_short_is_told_in_one_line():
    with pytest.raises(InputError, match="4 samples or more"):
        fitted(planted(steps=np.arange(3)))


def test_the_script_writes_what_is_found_and_tells_faults_in_one_line(tmp_path):
    followed, output = tmp_path / "followed.h5", tmp_path / "fits.h5"
    absent = run_script("fit_trajectories.py", trajectories=followed, output=output)
    assert absent.returncode == 1
    assert absent.stderr.startswith("error: ")
    assert absent.stderr.count("\n") == 1
    # Variants, of the compared layer alone, take long: it tells nothing here.
    hidden = planted().hidden * (np.arange(3) != LAYER)[:, None]
    write_setting_record(changed(planted(), hidden=hidden), followed)
    done = run_script("fit_trajectories.py", trajectories=followed, layers="all", output=output)
    assert done.returncode == 0, done.stderr
    written = read_setting_record(Fits, output)
    np.testing.assert_allclose(written.hidden_rate[0, ::2], RATES.hidden * SCALES[::2], rtol=1e-3)
    assert np.isnan(written.hidden_rate[0, LAYER])
    assert written.variant_error.shape == (1, 5)
    assert written.settings == planted().settings
