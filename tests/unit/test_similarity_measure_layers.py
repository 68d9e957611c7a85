import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from feature_stores import write_feature_store
from measure_definitions import neighbours_definition, procrustes_definition, related_layers

from repatlas.errors import InputError
from repatlas.records import read_record
from repatlas.similarity.cka import cka
from repatlas.similarity.measure_layers import measure_store
from repatlas.similarity.measures import MEASURES, Measures, Outliers
from repatlas.similarity.outliers import translated_cka, translation_limit
from repatlas.similarity.soft_matching import soft_matching
from repatlas.similarity.translate_layer import DISTANCES, translate_examples
from repatlas.store.reader import ActivationStore

SCRIPTS = Path(__file__).parents[2] / "scripts"
COUNT, BATCH = 100, 64


@pytest.fixture(scope="module")
def layers():
    generator = np.random.default_rng(0)
    maps, vectors, late = related_layers(generator, COUNT, (24, 30, 7))
    return [maps.reshape(COUNT, 6, 2, 2), vectors, np.full((COUNT, 3), 0.5, np.float32), late]


@pytest.fixture(scope="module")
def store(layers, tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "store.h5"
    raw = tuple(f"layer{row}" for row in range(4))
    write_feature_store(path, layers, batch=BATCH, raw=raw)
    return path


@pytest.fixture(scope="module")
def bare(layers, tmp_path_factory):
    """A store that keeps no raw activations of one of the layers."""
    path = tmp_path_factory.mktemp("bare") / "bare.h5"
    write_feature_store(path, layers, batch=BATCH, raw=("layer0", "layer1", "layer2"))
    return path


def run(script, *arguments):
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_cka_is_of_all_batches_and_the_rest_of_the_first(store, layers):
    with ActivationStore(store) as opened:
        found = measure_store(opened)
    assert found.names == tuple(MEASURES)
    assert found.outputs.tolist() == [0, 1, 2, 3]
    flat = [layer.reshape(COUNT, -1) for layer in layers]
    whole = cka(flat[0], flat[1], batch_size=BATCH)
    assert found.of("cka_linear")[0, 1] == pytest.approx(whole, abs=1e-5)
    first, second = flat[0][:BATCH], flat[1][:BATCH]
    expected = procrustes_definition(first, second)
    assert found.of("procrustes")[0, 1] == pytest.approx(expected, abs=1e-5)
    expected = neighbours_definition(first, second, 10)
    assert found.of("mutual_neighbours")[0, 1] == pytest.approx(expected, abs=1e-3)
    channels = layers[0][:BATCH].mean(axis=(2, 3), dtype=np.float64)
    expected = soft_matching([channels, second])[0, 1]
    assert found.of("soft_matching")[0, 1] == pytest.approx(expected, abs=2e-3)


def test_every_measure_is_symmetric_and_one_on_the_diagonal_but_for_constant_layers(store):
    with ActivationStore(store) as opened:
        found = measure_store(opened)
    alive = np.array([True, True, False, True])
    for name in found.names:
        values = found.of(name)
        np.testing.assert_array_equal(np.isfinite(values), np.outer(alive, alive))
        np.testing.assert_array_equal(values, values.T)
        np.testing.assert_allclose(np.diagonal(values)[alive], 1, atol=1e-9)
        assert values[0, 1] < 0.99


def test_without_raw_activations_of_all_layers_there_is_no_soft_matching(bare):
    with ActivationStore(bare) as opened:
        found = measure_store(opened)
    assert found.names == tuple(name for name in MEASURES if name != "soft_matching")
    assert found.values.shape == (7, 4, 4)


def test_batch_of_few_examples_is_measured_with_fewer_neighbours(tmp_path, layers):
    few = [layer[:8] for layer in layers]
    write_feature_store(tmp_path / "few.h5", few, batch=8)
    with ActivationStore(tmp_path / "few.h5") as opened:
        found = measure_store(opened).of("mutual_neighbours")[0, 1]
    flat = few[0].reshape(8, -1)
    assert found == pytest.approx(neighbours_definition(flat, few[1], 4))


def test_translation_is_of_the_layer_named(store, layers):
    with ActivationStore(store) as opened:
        found = translate_examples(opened, "layer1")
        subject = opened.run
    assert found.layer == 1
    assert found.subject.run == subject
    assert found.moved.tolist() == [1, 10, 50]
    assert (found.kept + found.moved == COUNT).all()
    assert found.cka.shape == (3, len(found.distances))
    np.testing.assert_allclose(found.cka[:, -1], found.limit, atol=1e-3)
    assert (found.cka[:, 0] > 0.99).all()


def test_distance_is_in_units_of_the_features(store, layers):
    """One feature, so that there is one direction, up to its sign."""
    line = layers[1][:, :1]
    path = store.parent / "line.h5"
    write_feature_store(path, [line, line], batch=BATCH, raw=("layer0",))
    with ActivationStore(path) as opened:
        found, scaled = translate_examples(opened), opened.raw("layer0").astype(np.float64)
    assert found.layer == 0
    candidates = []
    for row in range(COUNT):
        moved = np.arange(COUNT) == row
        if translation_limit(scaled, moved) == pytest.approx(found.limit[0], rel=1e-9):
            candidates += [
                translated_cka(scaled, moved, [sign], scaled.std() * DISTANCES) for sign in (1, -1)
            ]
    assert any(np.allclose(found.cka[0], curve, atol=1e-9) for curve in candidates)


def test_examples_are_chosen_by_their_ids_alone(tmp_path, layers):
    names = [f"test/{row:03d}" for row in range(COUNT)]
    order = np.random.default_rng(1).permutation(COUNT)
    for path, rows in ((tmp_path / "a.h5", np.arange(COUNT)), (tmp_path / "b.h5", order)):
        features = [layer[rows] for layer in layers]
        write_feature_store(
            path, features, ids=[names[row] for row in rows], batch=BATCH, raw=("layer1",)
        )
    with ActivationStore(tmp_path / "a.h5") as first, ActivationStore(tmp_path / "b.h5") as second:
        limits = [translate_examples(opened, "layer1").limit for opened in (first, second)]
    np.testing.assert_allclose(*limits, rtol=1e-9)


def test_default_layer_is_the_last_kept_before_the_classifier(store, bare):
    with ActivationStore(store) as whole, ActivationStore(bare) as part:
        # The last of the four is the network's output; the one before it does not vary.
        found = translate_examples(whole)
        assert found.layer == 2
        assert np.isnan(found.cka).all()
        assert translate_examples(part).layer == 2


def test_scripts_write_records_that_are_read_back(store, tmp_path):
    done = run("compare_measures.py", "--store", store, "--output", tmp_path / "measures.h5")
    assert done.returncode == 0, done.stderr
    assert "layers: 4, measures: 8" in done.stderr
    with ActivationStore(store) as opened:
        expected = measure_store(opened)
        probe = opened.probe.model_dump(mode="json")
    found = read_record(Measures, tmp_path / "measures.h5")
    assert found.names == expected.names
    np.testing.assert_array_equal(found.values, expected.values)
    assert found.subject.probe == probe
    assert found.subject.block_outputs == [0, 1, 2, 3]
    output = tmp_path / "outliers.h5"
    done = run("translate_examples.py", "--store", store, "--output", output, "--layer", "layer3")
    assert done.returncode == 0, done.stderr
    assert read_record(Outliers, output).layer == 3


def test_store_without_what_is_needed_is_refused_in_one_line(tmp_path, layers):
    store, output = tmp_path / "store.h5", tmp_path / "outliers.h5"
    write_feature_store(store, layers, batch=BATCH)
    done = run("translate_examples.py", "--store", store, "--output", output)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {store} keeps no raw activations before the classifier: extract it with "
        "`raw_layers: [layer2]`\n"
    )
    assert not output.exists()
    with ActivationStore(store) as opened:
        with pytest.raises(InputError, match="holds no raw activations of layer 'layer1'"):
            translate_examples(opened, "layer1")
        with pytest.raises(InputError, match="has no layer 'layer9'"):
            translate_examples(opened, "layer9")
