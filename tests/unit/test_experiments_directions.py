import dataclasses

import numpy as np
import pytest
import torch
from experiment_cases import make_case
from store_samples import layer_outputs

from repatlas.errors import InputError
from repatlas.experiments.directions import probe_directions
from repatlas.experiments.measured import read_measured
from repatlas.experiments.network import open_network


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("run"))


def found(case):
    with open_network(case.inputs()) as network:
        measured = read_measured(network, case.store, case.similarity, components=2)
        names = [network.layers[index].name for index in network.block_outputs]
        features = layer_outputs(network.model, network.probe.images)
        return measured, probe_directions(network, measured), [features[name] for name in names]


def test_directions_are_right_singular_vectors_whatever_the_batches(case, monkeypatch):
    for batch in (256, 7):
        monkeypatch.setattr("repatlas.experiments.network.BATCH", batch)
        measured, directions, features = found(case)
        for place, x in enumerate(features):
            centered = x - x.mean(axis=0)
            u, s, v = np.linalg.svd(centered, full_matrices=False)
            mine = directions[place]
            np.testing.assert_allclose(mine.mean.numpy(), x.mean(axis=0), atol=1e-5)
            np.testing.assert_allclose(mine.singular_values, s[:2], rtol=1e-5)
            signs = np.sign((u.T[:2] * measured.vectors[place]).sum(axis=1))
            np.testing.assert_allclose(mine.vectors.numpy(), signs[:, None] * v[:2], atol=2e-4)
    assert len(directions) == 4


def test_coordinates_of_probe_images_are_the_components_of_the_store(case):
    measured, directions, features = found(case)
    for place, x in enumerate(features):
        for component in (0, 1):
            np.testing.assert_allclose(
                directions[place].coordinates(torch.from_numpy(x), component),
                measured.vectors[place, component],
                atol=1e-5,
            )


def test_other_weights_than_those_of_the_store_are_refused(case):
    with open_network(case.inputs()) as network:
        measured = read_measured(network, case.store, case.similarity, components=2)
        other = dataclasses.replace(measured, logits=measured.logits[::-1])
        with pytest.raises(InputError, match="do not give the outputs that the store holds"):
            probe_directions(network, other)


def test_a_constant_layer_has_no_direction(case):
    with open_network(case.inputs()) as network:
        measured = read_measured(network, case.store, case.similarity, components=2)
        vectors, eigenvalues = measured.vectors.copy(), measured.eigenvalues.copy()
        vectors[1], eigenvalues[1] = np.nan, 0
        changed = dataclasses.replace(measured, vectors=vectors, eigenvalues=eigenvalues)
        directions = probe_directions(network, changed)
    assert np.isnan(directions[1].vectors.numpy()).all()
    assert np.isnan(directions[1].singular_values).all()
    assert np.isfinite(directions[1].mean.numpy()).all()
    assert np.isfinite(directions[2].vectors.numpy()).all()


def test_the_mean_activation_is_in_no_direction(case):
    # Components sum to zero but for rounding, which a large mean would carry into the directions.
    with open_network(case.inputs()) as network:
        measured = read_measured(network, case.store, case.similarity, components=2)
        exact = probe_directions(network, measured)
        shifted = dataclasses.replace(measured, vectors=measured.vectors + np.float32(0.1))
        for one, other in zip(exact, probe_directions(network, shifted), strict=True):
            torch.testing.assert_close(other.vectors, one.vectors, atol=1e-4, rtol=0)
