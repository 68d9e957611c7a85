import dataclasses

import numpy as np
import pytest
import torch
from experiment_cases import make_case
from store_samples import layer_outputs

from repatlas.errors import InputError
from repatlas.experiments.colors import NAMED, synthetic_images
from repatlas.experiments.measured import read_measured
from repatlas.experiments.network import open_network
from repatlas.experiments.synthetic import synthetic
from repatlas.store.reader import ActivationStore


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("run"))


def show(case, **changes):
    with open_network(case.inputs()) as network:
        measured = read_measured(network, case.store, case.similarity, components=1)
        return synthetic(network, dataclasses.replace(measured, **changes)), network


@pytest.fixture(scope="module")
def shown(case):
    return show(case)


def test_dominant_images_are_the_furthest_and_do_what_the_store_says(case, shown):
    record, network = shown
    dominant = np.array(record.kinds) == "dominant"
    with ActivationStore(case.store) as store:
        outputs = network.block_outputs
        component = store.component_vectors[record.reference, 0]
        rows = np.argsort(-np.abs(component))[:8]
        assert [label for label, real in zip(record.labels, dominant, strict=True) if real] == (
            store.ids[rows].tolist()
        )
        np.testing.assert_allclose(
            record.projections[dominant], store.component_vectors[outputs, 0][:, rows].T, atol=1e-5
        )
        np.testing.assert_allclose(
            record.norms[dominant], store.activation_norms[outputs][:, rows].T, rtol=1e-5
        )
        np.testing.assert_allclose(record.logits[dominant], store.logits[rows], atol=1e-4)
        np.testing.assert_allclose(
            record.median_norms, np.median(store.activation_norms[outputs], axis=1), rtol=1e-6
        )
        assert record.classes == store.classes
    np.testing.assert_array_equal(record.images[dominant], network.probe.images[rows])


def test_single_colours_are_measured_against_the_probe_images(case, shown):
    record, network = shown
    probe = layer_outputs(case.model, network.probe.images)
    mine = layer_outputs(case.model, record.images)
    with ActivationStore(case.store) as store:
        for place, index in enumerate(network.block_outputs):
            name = network.layers[index].name
            x, y = probe[name], mine[name]
            np.testing.assert_allclose(record.norms[:, place], np.linalg.norm(y, axis=1), rtol=1e-5)
            mean = x.mean(axis=0)
            u, s, v = np.linalg.svd(x - mean, full_matrices=False)
            sign = np.sign(u[:, 0] @ store.component_vectors[index, 0])
            projections = sign * (y - mean) @ v[0] / s[0]
            np.testing.assert_allclose(record.projections[:, place], projections, atol=2e-4)
    with torch.no_grad():
        logits = case.model(torch.from_numpy(record.images)).numpy()
    np.testing.assert_allclose(record.logits, logits, atol=1e-4)


def test_batches_do_not_matter(case, shown, monkeypatch):
    whole, _ = shown
    monkeypatch.setattr("repatlas.experiments.synthetic.BATCH", 100)
    monkeypatch.setattr("repatlas.experiments.network.BATCH", 7)
    parts, _ = show(case)
    np.testing.assert_allclose(parts.projections, whole.projections, atol=1e-5)
    np.testing.assert_allclose(parts.norms, whole.norms, rtol=1e-5)
    np.testing.assert_allclose(parts.logits, whole.logits, atol=1e-4)


def test_constant_layers_have_no_projection(case, shown):
    whole, network = shown
    with ActivationStore(case.store) as store:
        vectors = store.component_vectors[network.block_outputs, :1]
        eigenvalues = store.component_eigenvalues[network.block_outputs, :1]
    vectors[0], eigenvalues[0] = np.nan, 0
    record, _ = show(case, vectors=vectors, eigenvalues=eigenvalues)
    assert np.isnan(record.projections[:, 0]).all()
    np.testing.assert_array_equal(record.projections[:, 1:], whole.projections[:, 1:])
    np.testing.assert_array_equal(record.norms, whole.norms)


def test_images_of_one_colour():
    real = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 5), dtype=np.uint8)
    made = synthetic_images(real, ["a", "b"])
    kinds = np.array(made.kinds)
    assert [(kinds == kind).sum() for kind in ("dominant", "solid", "named", "sweep")] == (
        [2, 2, 9, 216]
    )
    assert made.labels[:4] == ("a", "b", "a", "b")
    np.testing.assert_array_equal(made.images[:2], real)
    solid = made.images[2:]
    assert (solid == solid[:, :, :1, :1]).all()
    np.testing.assert_array_equal(solid[:2, :, 3, 4], real[:, :, 0, 0])
    np.testing.assert_array_equal(np.isnan(made.colors).all(axis=1), kinds == "dominant")
    np.testing.assert_allclose(made.colors[2:] * 255, solid[:, :, 0, 0])


def test_named_and_swept_colours():
    made = synthetic_images(np.zeros((1, 3, 2, 2), np.uint8), ["a"])
    by_label = dict(zip(made.labels, made.images[:, :, 0, 0].tolist(), strict=True))
    assert {name: by_label[name] for name in NAMED} == {
        "white": [255, 255, 255],
        "black": [0, 0, 0],
        "grey": [128, 128, 128],
        "red": [255, 0, 0],
        "green": [0, 255, 0],
        "blue": [0, 0, 255],
        "yellow": [255, 255, 0],
        "cyan": [0, 255, 255],
        "magenta": [255, 0, 255],
    }
    swept = np.array(made.kinds) == "sweep"
    colors = made.colors[swept]
    assert len(np.unique(colors, axis=0)) == 216
    np.testing.assert_allclose(np.unique(colors), [0, 0.2, 0.4, 0.6, 0.8, 1])
    assert by_label["#0033ff"] == [0, 51, 255]


def test_images_of_other_data_are_refused(case):
    inputs = case.inputs(run=case.run.model_copy(update={"data": "other"}))
    with (
        open_network(inputs) as network,
        pytest.raises(InputError, match="images of 'toy' have other classes"),
    ):
        synthetic(network, None)
