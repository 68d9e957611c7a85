import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from theory_pairs import curves_of, flow, relative_errors

from repatlas.errors import InputError
from repatlas.theory.class_means import class_means
from repatlas.theory.depth import layer_distances, layer_exponents, measured_exponents
from repatlas.theory.effective import Pair, Rates, Start
from repatlas.theory.final_distance import final_distance
from repatlas.theory.modes import find_modes
from repatlas.theory.pairwise import all_pairs, predicted_distances, rich_structure
from repatlas.theory.points import LinearMaps, distances, integrate_maps
from repatlas.theory.solution import solve_pair

seeds = st.integers(0, 2**32 - 1)

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
EXCLUSIVE = np.array([[0], [1], [1], [0]], dtype=float)


@settings(deadline=None, max_examples=10)
@given(seeds, st.integers(2, 6), st.integers(1, 3), st.integers(1, 3), st.integers(1, 4))
def test_maps_follow_the_gradient_written_out_point_by_point(seed, n, d, m, p):
    generator = np.random.default_rng(seed)
    inputs, targets = generator.normal(size=(n, d)), generator.normal(size=(n, m))
    rates = Rates(*generator.uniform(0.05, 0.5, size=2))
    start = LinearMaps(generator.normal(size=(p, d)), generator.normal(size=(m, p)))
    times = np.linspace(0, 10, 12)
    found = integrate_maps(inputs, targets, rates, start, times)
    first, second = flow(inputs, targets, rates, start.hidden, start.output, times)
    np.testing.assert_allclose(found.hidden, first, atol=1e-6)
    np.testing.assert_allclose(found.output, second, atol=1e-6)


def test_two_points_are_a_pair():
    inputs, targets = np.array([[1.0, 0], [0, 3.0]]), np.array([[2.0, 1.0], [0.5, 0]])
    dx, target = inputs[1] - inputs[0], targets[1] - targets[0]
    rates, direction = Rates(0.02, 0.3), np.array([0.6, 0.8, 0.0])
    start = LinearMaps(np.outer(direction, dx) / 9, np.outer([-0.1, 0.2], direction))
    times = np.linspace(0, 100, 30)
    maps = integrate_maps(inputs, targets, rates, start, times)
    expected = curves_of(maps.hidden, maps.output, dx, target)
    found = solve_pair(Pair(dx @ dx, target @ target), rates, expected.start, times)
    assert relative_errors(found, expected).max() < 1e-6


@settings(deadline=None, max_examples=10)
@given(seeds)
def test_modes_are_learned_as_pairs(seed):
    generator = np.random.default_rng(seed)
    # Inputs whose principal axes are the right singular vectors of a teacher.
    axes, outward = (np.linalg.qr(generator.normal(size=(4, 4)))[0] for _ in range(2))
    inputs = np.linalg.qr(generator.normal(size=(12, 5)))[0][:, :4]
    inputs -= inputs.mean(0)
    inputs = np.linalg.qr(inputs)[0] * np.sqrt(12 * np.array([2.0, 1.0, 0.7, 0.3])) @ axes.T
    teacher = outward[:, :2] * [1.5, 0.8] @ axes[:, :2].T
    targets = inputs @ teacher.T + 3
    modes = find_modes(inputs, targets)
    np.testing.assert_allclose(modes.variances, [2, 1], rtol=1e-9)
    np.testing.assert_allclose(modes.strengths, [3, 0.8], rtol=1e-9)

    rates = Rates(0.05, 0.2)
    hidden = np.linalg.qr(generator.normal(size=(6, 6)))[0][:, :2]
    encoder = hidden * [0.1, 0.2] @ modes.inputs
    decoder = modes.targets.T * [0.05, 0.02] @ hidden.T
    times = np.linspace(0, 60, 25)
    maps = integrate_maps(inputs, targets, rates, LinearMaps(encoder, decoder), times)
    first = 4 * modes.variances * np.array([0.1, 0.2]) ** 2
    output = first * np.array([0.05, 0.02]) ** 2
    start = Start(first, output, output - np.sqrt(output * modes.pair.target_square))
    course = solve_pair(modes.pair, rates, start, times).hidden
    expected = np.stack([distances(inputs @ at.T) for at in maps.hidden], axis=-1)
    np.testing.assert_allclose(modes.hidden_distances(inputs, course), expected, atol=1e-5)


def test_one_linearisation_finds_nothing_in_xor():
    assert len(find_modes(XOR, EXCLUSIVE).strengths) == 0


def test_points_that_do_not_share_modes_are_refused():
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(9, 3))
    with pytest.raises(InputError, match="do not share their modes"):
        find_modes(inputs, inputs @ generator.normal(size=(3, 2)))


def test_tables_that_do_not_belong_together_are_refused():
    with pytest.raises(InputError, match="give tables with a row"):
        find_modes(np.ones((3, 2)), np.ones((4, 1)))
    with pytest.raises(InputError, match="do not take 2 inputs to 1 outputs"):
        integrate_maps(XOR, EXCLUSIVE, Rates(1, 1), LinearMaps(np.eye(3), np.ones((1, 3))), [0, 1])
    with pytest.raises(InputError, match="4 inputs have 3 targets"):
        all_pairs(XOR, EXCLUSIVE[:3])
    with pytest.raises(InputError, match="does not fit 3 labels"):
        class_means(np.ones((4, 4)), [0, 0, 1])


def test_rich_xor_merges_points_of_one_output():
    pair, rates = all_pairs(XOR, EXCLUSIVE), Rates(0.01, 0.5)
    assert pair.input_square[1, 2] == 2
    assert pair.target_square[1, 2] == 0
    hidden = 1e-6 * pair.input_square
    found = predicted_distances(pair, rates, Start(hidden, 1e-3 * hidden, 0.0))
    different = EXCLUSIVE != EXCLUSIVE.T
    np.testing.assert_allclose(found[different], np.sqrt(0.02), rtol=1e-3)
    assert found[~different].max() < 1e-5
    structure = rich_structure(pair)
    np.testing.assert_allclose(found, np.sqrt(0.02) * structure, atol=1e-4)


def test_lazy_xor_keeps_the_geometry_of_the_start():
    pair, hidden = all_pairs(XOR, EXCLUSIVE), 5 * distances(XOR)
    found = predicted_distances(pair, Rates(0.01, 0.5), Start(hidden, 0.0, 0.0))
    np.testing.assert_allclose(found, hidden, rtol=1e-2)


def test_pairs_are_predicted_one_by_one():
    generator = np.random.default_rng(1)
    pair = all_pairs(generator.normal(size=(5, 3)), generator.normal(size=(5, 2)))
    start = Start(
        distances(generator.normal(size=(5, 2))), distances(generator.normal(size=(5, 1))), 0.0
    )
    found = predicted_distances(pair, Rates(0.1, 0.3), start)
    one = Pair(pair.input_square[1, 4], pair.target_square[1, 4])
    begin = Start(start.hidden[1, 4], start.output[1, 4], 0.0)
    assert found[1, 4] == found[4, 1] == final_distance(one, Rates(0.1, 0.3), begin)
    np.testing.assert_array_equal(np.diagonal(found), 0)


@settings(deadline=None, max_examples=20)
@given(seeds, st.integers(2, 12), st.integers(1, 4))
def test_class_means_are_means_over_pairs_of_different_points(seed, count, classes):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, classes, size=count)
    table = distances(generator.normal(size=(count, 2)))
    found = class_means(table, labels)
    for a in range(len(found)):
        for b in range(len(found)):
            values = [
                table[i, j]
                for i in range(count)
                for j in range(count)
                if i != j and labels[i] == a and labels[j] == b
            ]
            expected = np.mean(values) if values else np.nan
            np.testing.assert_allclose(found[a, b], expected)


def test_class_sizes_do_not_count():
    table, labels = np.array([[0.0, 2.0], [2.0, 0.0]]), np.array([0, 1])
    many = np.repeat([0, 1], [9, 2])
    found = class_means(table[np.ix_(many, many)], labels[many])
    np.testing.assert_allclose(found, table)


@pytest.mark.parametrize("layers", [1, 3, 4])
def test_layers_of_a_balanced_deep_linear_network_end_where_the_exponents_say(layers):
    generator = np.random.default_rng(layers)
    dx, target = generator.normal(size=3), generator.normal(size=2)
    pair = Pair(dx @ dx, target @ target)
    units = [dx, *generator.normal(size=(layers, 4)), target]
    units = [unit / np.linalg.norm(unit) for unit in units]
    weights = [0.3 * np.outer(b, a) for a, b in itertools.pairwise(units)]
    sizes = np.cumsum([0, *(w.size for w in weights)])

    def split(flat):
        parts = zip(itertools.pairwise(sizes), weights, strict=True)
        return [flat[a:b].reshape(w.shape) for (a, b), w in parts]

    def change(_, flat):
        ws, signals = split(flat), [dx]
        for w in ws:
            signals.append(w @ signals[-1])
        error, gradients = signals[-1] - target, []
        for w, signal in zip(reversed(ws), reversed(signals[:-1]), strict=True):
            gradients.append(-np.outer(error, signal).ravel())
            error = w.T @ error
        return np.concatenate(gradients[::-1])

    flat = np.concatenate([w.ravel() for w in weights])
    final = split(solve_ivp(change, (0, 2000), flat, "LSODA", rtol=1e-10, atol=1e-12).y[:, -1])
    signal, found = dx, []
    for w in final[:-1]:
        signal = w @ signal
        found.append(signal @ signal)
    np.testing.assert_allclose(found, layer_distances(pair, layers), rtol=1e-6)


def test_exponents_run_from_the_inputs_to_the_targets():
    np.testing.assert_allclose(layer_exponents(3), [0.5, 1, 1.5])
    squares = np.array([0.2, 0.5, 1.0, 2.0])
    tables = layer_distances(Pair(1.7, squares), 6)
    np.testing.assert_allclose(measured_exponents(tables, squares), layer_exponents(6))
    np.testing.assert_allclose(
        layer_distances(Pair(2.0, 3.0), 3)[1], rich_structure(Pair(2.0, 3.0))
    )


def test_exponents_need_networks_that_differ_and_layers():
    with pytest.raises(InputError, match="0 hidden layers: give 1"):
        layer_exponents(0)
    with pytest.raises(InputError, match="different target distances"):
        measured_exponents(np.ones((3, 2)), np.ones(3))
    with pytest.raises(InputError, match="leave out what merged"):
        measured_exponents(np.zeros((3, 2)), np.arange(1.0, 4))
