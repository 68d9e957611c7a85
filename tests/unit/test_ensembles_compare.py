import numpy as np
import pytest

from repatlas.ensembles.compare import View
from repatlas.ensembles.tasks import Examples, Task


def view(seed, count=400):
    generator = np.random.default_rng(seed)
    outputs = generator.standard_normal((count, 3))
    return View(generator.standard_normal((count, 5)), outputs, outputs)


def test_a_network_is_as_it_is():
    one = view(0)
    found = one.alikeness(view(0))
    assert found.cka == pytest.approx(1)
    assert found.cosine == pytest.approx(1)
    assert found.imbalance == pytest.approx(2 / 400)


def test_unrelated_networks_are_unlike_whichever_comes_first():
    one, other = view(0), view(1)
    found = one.alikeness(other)
    assert abs(found.cka) < 0.05
    assert abs(found.cosine) < 0.1
    assert found.imbalance == pytest.approx(1, abs=0.07)
    assert found == pytest.approx(other.alikeness(one))


def test_what_all_outputs_share_is_no_likeness():
    one, other = view(0), view(1)
    moved = View(one.hidden, one.outputs + 100, one.outputs + 100)
    assert abs(moved.alikeness(View(other.hidden, other.outputs + 100, other.outputs)).cosine) < 0.1


def test_a_network_that_says_one_thing_has_no_direction():
    silent = View(np.zeros((400, 5)), np.zeros((400, 3)), np.zeros((400, 3)))
    found = silent.alikeness(view(0))
    assert np.isnan(found.cosine)
    assert np.isnan(found.cka)


def test_errors_are_in_units_of_the_variance_of_the_labels():
    labels = np.arange(400) % 3
    codes = np.eye(3)
    task = Task((), Examples(np.zeros((400, 1)), codes[labels], labels), codes)
    right = View(np.zeros((400, 5)), codes[labels], codes[labels])
    mean = np.tile(codes[labels].mean(axis=0), (400, 1))
    assert (right.error(task), right.mistakes(task)) == (0, 0)
    assert View(right.hidden, mean, mean).error(task) == pytest.approx(1)
    wrong = View(right.hidden, codes[(labels + 1) % 3], codes[(labels + 1) % 3])
    assert wrong.mistakes(task) == 1
