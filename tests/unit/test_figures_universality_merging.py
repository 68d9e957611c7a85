"""Where points with the same target end, told from paths whose ends are known."""

from dataclasses import replace

import numpy as np
import pytest
from planted_dynamics import DEPTH, LAYER, RATES, course, loss_of, trajectories

from repatlas.figures.universality.merging_path import merging_paths

STEPS = np.arange(0, 6001, 20)
RATIO = RATES[0] / RATES[1]


def planted(a_high, hidden=0.4):
    """Courses of the theory with these A_high; of each the mean is learnt within 120 steps."""
    a_high = np.array(a_high)
    count = len(a_high)
    output = (hidden - a_high) / RATIO * hidden
    h, y, w = course(STEPS, (np.full(count, hidden), output, output), RATES, 1.0, 0.0)
    settings = trajectories(replicas=1, times=4)
    return replace(
        settings,
        steps=STEPS, hidden=np.tile(h[:, None], (1, DEPTH, 1)), output=y, misalignment=w,
        loss=loss_of(y, w, 0.0, 0.9, STEPS), mean_error=np.full(count, 0.9),
        input_square=np.ones(count), target_square=np.zeros(count), seed=np.arange(count),
        converged=np.ones(count, dtype=bool), curvature=np.zeros((count, DEPTH, len(STEPS))),
        decoder_square=np.ones((count, DEPTH)),
    )  # fmt: skip


def test_first_half_of_a_path_tells_where_it_ends():
    a_high = [0.3, 0.1, -0.1, -0.3]
    followed = planted(a_high)
    paths = merging_paths(followed)
    assert [path.merges for path in paths] == [False, False, True, True]
    for path, expected in zip(paths, a_high, strict=True):
        h = followed.hidden[path.seed, LAYER, path.start]
        assert path.decoder == pytest.approx(1 - expected / h, rel=0.05)
        assert path.foretold == pytest.approx(path.hidden[-1], abs=0.001)
        assert path.straightness > 0.999
        assert path.ended


def test_a_path_counts_from_when_the_mean_is_learnt():
    followed = planted([0.3])
    path = merging_paths(followed)[0]
    # Its error falls by exp(-0.04) a step: a hundredth is left after 115 steps.
    assert STEPS[path.start] == 120
    assert path.hidden[path.start] == path.ratio[path.start] == 1
    assert path.hidden[0] > 1


def test_a_path_that_is_cut_short_has_not_ended():
    followed = planted([-0.1])
    early = replace(
        followed,
        steps=STEPS[:12], hidden=followed.hidden[..., :12], output=followed.output[:, :12],
        loss=followed.loss[:, :12],
    )  # fmt: skip
    assert not merging_paths(early)[0].ended


def test_replicas_of_which_theory_is_silent_are_left_out():
    followed = planted([0.3, 0.2, 0.1, 0.1, 0.1])
    hidden, loss = followed.hidden.copy(), followed.loss.copy()
    loss[1, 50:] = np.nan
    hidden[2, LAYER] = 0
    loss[3] = loss[3, 0]
    target = np.array([0, 0, 0, 0, 0.5])
    changed = replace(followed, hidden=hidden, loss=loss, target_square=target)
    assert [path.seed for path in merging_paths(changed)] == [0]


def test_a_ratio_that_does_not_fall_tells_nothing():
    followed = planted([0.3])
    output = followed.hidden[:, LAYER] * np.linspace(1, 2, len(STEPS))
    loss = loss_of(output, output, 0.0, 0.9, STEPS)
    path = merging_paths(replace(followed, output=output, loss=loss))[0]
    assert np.isnan(path.decoder)
    assert not path.merges
