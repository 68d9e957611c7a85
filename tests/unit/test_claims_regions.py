import numpy as np
import pytest

from repatlas.claims.regions import block, largest_run, off_diagonal


def cka(size, *runs):
    """CKA 0.2 everywhere but inside the runs."""
    matrix = np.full((size, size), 0.2)
    for start, stop in runs:
        matrix[start:stop, start:stop] = 0.95
    np.fill_diagonal(matrix, 1)
    return matrix


def test_longest_of_two_runs_is_found():
    assert largest_run(cka(12, (0, 3), (5, 11))) == slice(5, 11)


def test_a_network_of_unlike_layers_has_runs_of_one():
    run = largest_run(cka(5))
    assert run.stop - run.start == 1


def test_every_pair_must_agree():
    matrix = cka(6, (0, 6))
    matrix[0, 5] = matrix[5, 0] = 0.5
    run = largest_run(matrix)
    assert run.stop - run.start == 5


def test_constant_layer_ends_a_run():
    matrix = cka(9, (0, 9))
    matrix[6] = matrix[:, 6] = np.nan
    assert largest_run(matrix) == slice(0, 6)


@pytest.mark.parametrize(
    ("size", "run", "expected"),
    [
        (8, (2, 6), slice(2, 6)),
        (8, (2, 5), None),
        (20, (4, 9), slice(4, 9)),
        (20, (4, 8), None),
    ],
)
def test_block_is_a_quarter_of_the_network_and_four_layers(size, run, expected):
    assert block(cka(size, run)) == expected


def test_off_diagonal_has_each_pair_once():
    assert sorted(off_diagonal(np.arange(9.0).reshape(3, 3))) == [1, 2, 5]
