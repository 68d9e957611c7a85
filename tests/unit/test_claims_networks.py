from types import SimpleNamespace

import numpy as np
import pytest
from planted_claims import evidence
from planted_representations import OUTPUTS
from planted_representations import block as planted_block
from planted_stores import everywhere

from repatlas.claims.cells import Cell, Evidence
from repatlas.claims.evidence import CellFiles, EvidenceFiles, NetworkFiles
from repatlas.claims.networks import CKA, UnavailableError
from repatlas.claims.spec import ClaimsSpec
from repatlas.networks.layer_table import Layer
from repatlas.similarity.cka import cka
from repatlas.similarity.outputs import judged_layers


@pytest.fixture(scope="module")
def cell(tmp_path_factory):
    files = evidence(tmp_path_factory.mktemp("study"), {"large": everywhere("block")})
    return Evidence(files, ClaimsSpec()).cell("large")


def layer(name, kind, *, block_output=False):
    return Layer(name, kind, 1, block_output, (1,), 1)


def test_similarity_is_that_of_the_block_outputs(cell):
    network = cell.networks[1]
    assert network.maps[CKA].shape == (OUTPUTS, OUTPUTS)
    expected = cka(planted_block(1, 0), planted_block(1, 5), batch_size=32)
    assert network.maps[CKA][0, 5] == pytest.approx(expected, abs=1e-5)


def test_rows_are_layers_of_the_first_network_whatever_the_order_of_the_file(cell):
    for first, second, values in cell.across(CKA):
        expected = cka(planted_block(first.seed, 0), planted_block(second.seed, 5), batch_size=32)
        assert values[0, 5] == pytest.approx(expected, abs=1e-5)
        assert values[0, 5] != pytest.approx(values[5, 0], abs=1e-3)


def test_block_and_components_are_those_of_the_network(cell):
    network = cell.networks[2]
    assert network.block == slice(2, OUTPUTS)
    left = np.linalg.svd(planted_block(2, 4) - planted_block(2, 4).mean(axis=0))[0][:, 0]
    assert abs(network.components.vectors[4] @ left) == pytest.approx(1, abs=1e-4)


def test_networks_of_one_seed_are_no_pair_of_seeds():
    networks = tuple(SimpleNamespace(seed=seed) for seed in (0, 0, 1))
    files = CellFiles(label="x", networks=(NetworkFiles(similarity="a.h5"),))
    pairs = Cell(files, networks, ()).pairs_of_seeds()
    assert [(first.seed, second.seed) for first, second in pairs] == [(0, 1), (0, 1)]


def test_network_without_a_store_has_no_components(cell):
    files = cell.files.networks[0].model_copy(update={"store": None})
    changed = cell.files.model_copy(update={"networks": (files,)})
    read = Evidence(EvidenceFiles(roles={"large": changed}), ClaimsSpec()).cell("large")
    with pytest.raises(UnavailableError, match="no activation store of RN-56 1x, seed 0"):
        _ = read.networks[0].components


def test_order_is_told_only_where_it_is_not_the_seed(cell):
    network = cell.networks[1]
    assert network.label == "RN-56 1x, seed 1"
    network.compared.run["order"] = 4
    try:
        assert network.label == "RN-56 1x, seed 1, order 4"
    finally:
        network.compared.run["order"] = 1


@pytest.mark.parametrize(
    ("layers", "rows"),
    [
        ([layer("a", "conv"), layer("b", "relu", block_output=True), layer("c", "relu")], [1]),
        ([layer("a", "conv"), layer("b", "relu"), layer("c", "linear")], [1]),
        ([layer("a", "gelu"), layer("b", "linear")], [0, 1]),
    ],
)
def test_layers_judged(layers, rows):
    assert judged_layers(layers).tolist() == rows
