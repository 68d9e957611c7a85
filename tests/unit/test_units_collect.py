import json
import runpy
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from store_samples import layer_outputs
from training_cases import tiny_dataset, tiny_run, train_in

from repatlas.data.dataset import write_dataset
from repatlas.errors import InputError
from repatlas.experiments.network import NetworkInputs, open_networks
from repatlas.networks.build import build_model
from repatlas.networks.model import load_weights, save_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.store.extract import extract
from repatlas.store.probe import read_probe
from repatlas.store.reader import ActivationStore
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import RunSpec
from repatlas.units.binning import bin_edges
from repatlas.units.collect import gather_units
from repatlas.units.gather import information_edges
from repatlas.units.gathered import GatheredUnits
from repatlas.units.layers import choose_layers
from repatlas.units.spec import UnitsSpec

SCRIPT = Path(__file__).parents[2] / "scripts" / "gather_units.py"
CONVNET = NetworkSpec(family="convnet")
PROBE = ProbeSpec(split="train", batch_size=10)
UNITS = UnitsSpec(information_rows=500, information_layers=1, patches=3)
RELUS = [f"stage{number}.block1.relu" for number in (1, 2, 3)]


@dataclass(frozen=True)
class Group:
    """Trained networks and the data set on which they are."""

    folder: Path
    runs: list[RunSpec]

    def weights(self, checkpoint="final"):
        part = "model.safetensors" if checkpoint == "final" else "checkpoints"
        return [self.folder / str(run.seed) / part for run in self.runs]

    def model(self, number):
        run = self.runs[number]
        model = build_model(run.network_spec, run.depth, run.width, 3, (3, 8, 8))
        load_weights(model, self.weights()[number])
        return model.eval()

    def gather(self, output, checkpoint="final", **changes):
        options = {
            "runs": self.runs,
            "weights": self.weights(checkpoint),
            "checkpoint": checkpoint,
            "probe": PROBE,
            "data": self.folder / "data.h5",
            "spec": UNITS,
            "device": "cpu",
        }
        gather_units(output=output, **options | changes)
        return output


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    folder = tmp_path_factory.mktemp("group")
    write_dataset(tiny_dataset(), folder / "data.h5")
    runs = []
    for seed in (3, 4):
        run = tiny_run(CONVNET, depth=3, epochs=1).model_copy(update={"seed": seed})
        (folder / str(seed)).mkdir()
        train_in(folder / str(seed), run)
        runs.append(run)
    return Group(folder, runs)


@pytest.fixture(scope="module")
def gathered(group):
    return group.gather(group.folder / "units.h5")


def rows_of(group, name, images):
    """Rows (n p, c) in float64 of each network, from a plain forward pass."""
    found = []
    for number in range(len(group.runs)):
        flat = layer_outputs(group.model(number), images)[name]
        with torch.no_grad():
            maps = flat.reshape(len(images), -1, positions(name) ** 2)
        found.append(maps.transpose(0, 2, 1).reshape(-1, maps.shape[1]))
    return found


def positions(name):
    return 8 >> RELUS.index(name)


def test_header_names_networks_and_images(group, gathered):
    probe = read_probe(group.folder / "data.h5", PROBE)
    with GatheredUnits(gathered) as found:
        assert found.ids == probe.ids.tolist()
        assert found.sample_hash == probe.sample_hash
        assert [each.run for each in found.networks] == [
            json.loads(run.as_json()) for run in group.runs
        ]
        assert {each.checkpoint for each in found.networks} == {"final"}
        assert all(0 <= each.train_accuracy <= 1 for each in found.networks)
        layers = found.layers
    assert [layer.name for layer in layers] == RELUS
    assert [layer.title for layer in layers] == ["conv1", "conv2", "conv3"]
    assert [layer.units for layer in layers] == [(16, 16), (32, 32), (64, 64)]
    assert [layer.positions for layer in layers] == [(8, 8), (4, 4), (2, 2)]
    assert [(layer.field_size, layer.field_stride, layer.field_start) for layer in layers] == [
        (3, 1, -1),
        (8, 2, -3),
        (18, 4, -7),
    ]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_is_gathered_is_what_the_networks_do(group, gathered, number):
    images = read_probe(group.folder / "data.h5", PROBE).images
    rows = rows_of(group, RELUS[number], images)
    with GatheredUnits(gathered) as found:
        moments, top = found.moments(number), found.top(number)
    values = np.concatenate(rows, axis=1)
    parity = np.repeat(np.arange(len(images)) % 2, positions(RELUS[number]) ** 2)
    for half, moments_of_half in enumerate(moments.halves):
        own = values[parity == half]
        assert moments_of_half.count == len(own)
        np.testing.assert_allclose(moments_of_half.mean, own.mean(axis=0), atol=1e-6)
        covariance = np.cov(own.T, bias=True)
        np.testing.assert_allclose(moments_of_half.covariance, covariance, atol=1e-6)
    np.testing.assert_array_equal(moments.dead, (values == values[0]).all(axis=0))
    best = values.reshape(len(images), -1, values.shape[1]).max(axis=1)
    np.testing.assert_allclose(top.values, -np.sort(-best, axis=0)[:3].T, atol=1e-5)
    side = positions(RELUS[number])
    there = values.reshape(len(images), side, side, -1)[
        top.images, top.rows, top.columns, np.arange(values.shape[1])[:, None]
    ]
    np.testing.assert_allclose(there, top.values, atol=1e-5)


def test_joint_counts_are_those_of_all_rows_in_the_first_layers_alone(group, gathered):
    images = read_probe(group.folder / "data.h5", PROBE).images
    first, second = rows_of(group, RELUS[0], images)
    with GatheredUnits(gathered) as found:
        counts = found.joint_counts(0)
        assert found.joint_counts(1) is None
        assert found.joint_counts(2) is None
    assert (counts.count, counts.bins) == (42 * 64, 10)
    zeros = (first < 1e-6).T.astype(float) @ (second < 1e-6)
    np.testing.assert_array_equal(counts.joint[:16, 0, 16:, 0], zeros)
    # The edges come from the first 500 of 2,688 rows.
    masses = np.diagonal(counts.joint[3, :, 3])
    assert masses.sum() == 42 * 64
    others = masses[1:] / masses[1:].sum()
    assert others.min() > 0.05
    assert others.max() < 0.2


def test_edges_come_from_the_first_rows_of_all_networks(group):
    images = read_probe(group.folder / "data.h5", PROBE).images
    weights = zip(group.runs, group.weights(), strict=True)
    data = group.folder / "data.h5"
    inputs = [NetworkInputs(run, path, PROBE, data, device="cpu") for run, path in weights]
    with open_networks(inputs) as networks:
        tables = [(each.inputs.run.title, each.layers) for each in networks]
        layers = choose_layers(tables, UNITS)
        found = information_edges(networks, layers, UNITS)
    # 500 rows are 8 images of the first layer, and more than there are of the last.
    for name in RELUS:
        rows = np.concatenate(rows_of(group, name, images), axis=1)[:500]
        np.testing.assert_allclose(found[name], bin_edges(rows, 10), rtol=1e-4, atol=1e-6)


def test_gathering_again_gives_the_same_bytes(group, gathered, tmp_path):
    assert group.gather(tmp_path / "units.h5").read_bytes() == gathered.read_bytes()


def test_groups_of_layers_give_the_same_bytes(group, gathered, tmp_path, monkeypatch):
    monkeypatch.setattr("repatlas.units.collect.working_memory", lambda model: 1)
    assert group.gather(tmp_path / "units.h5").read_bytes() == gathered.read_bytes()


@pytest.mark.parametrize("size", [7, 42])
def test_batches_matter_to_the_shuffle_alone(group, gathered, tmp_path, size):
    probe = PROBE.model_copy(update={"batch_size": size})
    group.gather(tmp_path / "units.h5", probe=probe)
    with GatheredUnits(tmp_path / "units.h5") as found, GatheredUnits(gathered) as expected:
        for number in range(3):
            one, other = found.moments(number), expected.moments(number)
            np.testing.assert_allclose(
                one.whole.covariance, other.whole.covariance, rtol=1e-6, atol=1e-7
            )
            assert not np.array_equal(one.shuffled, other.shuffled, equal_nan=True)
            np.testing.assert_array_equal(found.top(number).images, expected.top(number).images)
        np.testing.assert_array_equal(
            found.joint_counts(0).joint[:, 0, :, 0], expected.joint_counts(0).joint[:, 0, :, 0]
        )


def test_identical_networks_correlate_and_their_shuffled_images_do_not(group, tmp_path):
    runs, weights = group.runs[:1] * 2, group.weights()[:1] * 2
    group.gather(tmp_path / "units.h5", runs=runs, weights=weights)
    with GatheredUnits(tmp_path / "units.h5") as found:
        moments = found.moments(0)
    alive = moments.alive(0)
    np.testing.assert_allclose(np.diagonal(moments.correlation(0, 1))[alive], 1)
    assert np.diagonal(moments.shuffled_correlation(0, 1))[alive].max() < 0.9


def test_untrained_networks_come_from_the_folders_of_checkpoints(group, tmp_path):
    group.gather(tmp_path / "units.h5", "epoch-0000")
    with GatheredUnits(tmp_path / "units.h5") as found:
        assert [each.checkpoint for each in found.networks] == ["epoch-0000"] * 2
        fresh = build_model(CONVNET, 3, 1, 3, (3, 8, 8), seed=3)
        probe = read_probe(group.folder / "data.h5", PROBE)
        load_weights(fresh, group.weights("epoch-0000")[0] / "epoch-0000.safetensors")
        means = layer_outputs(fresh.eval(), probe.images)[RELUS[0]].reshape(42, 16, 64)
        np.testing.assert_allclose(found.moments(0).means(0), means.mean(axis=(0, 2)), atol=1e-6)
    with pytest.raises(InputError, match=r"no checkpoint epoch-0007; there are: epoch-0000"):
        group.gather(tmp_path / "units.h5", "epoch-0007")


def test_a_store_is_extracted_from_a_folder_of_checkpoints_too(group, tmp_path):
    run, weights = group.runs[0], group.weights("epoch-0000")[0]
    data, store = group.folder / "data.h5", tmp_path / "store.h5"
    extract(run, "epoch-0000", weights, PROBE, data, store, device="cpu")
    with ActivationStore(store) as found:
        assert found.checkpoint == "epoch-0000"


def test_statistics_of_the_batches_where_the_probe_set_asks_for_them(group, tmp_path):
    probe = PROBE.model_copy(update={"batch_norm": "batch"})
    spec = UnitsSpec(layers=("stage1.block1.bn",), information_layers=0)
    group.gather(tmp_path / "units.h5", "epoch-0000", probe=probe, spec=spec)
    with GatheredUnits(tmp_path / "units.h5") as found:
        moments = found.moments(0)
    np.testing.assert_allclose(moments.whole.mean, 0, atol=1e-5)
    np.testing.assert_allclose(moments.whole.variance, 1, atol=1e-2)


def test_networks_may_differ_in_width(group, tmp_path):
    wide = group.runs[0].model_copy(update={"width": 2})
    model = build_model(CONVNET, 3, 2, 3, (3, 8, 8))
    save_weights(model, tmp_path / "wide.safetensors", {})
    weights = [*group.weights(), tmp_path / "wide.safetensors"]
    group.gather(tmp_path / "units.h5", runs=[*group.runs, wide], weights=weights)
    with GatheredUnits(tmp_path / "units.h5") as found:
        assert found.layers[0].units == (16, 16, 32)
        assert found.moments(0).correlation(1, 2).shape == (16, 32)


def test_networks_of_another_depth_are_refused(group, tmp_path):
    deep = group.runs[0].model_copy(update={"depth": 4})
    save_weights(build_model(CONVNET, 4, 1, 3, (3, 8, 8)), tmp_path / "deep.safetensors", {})
    weights = [group.weights()[0], tmp_path / "deep.safetensors"]
    with pytest.raises(InputError, match="have different layers"):
        group.gather(tmp_path / "units.h5", runs=[group.runs[0], deep], weights=weights)
    assert not (tmp_path / "units.h5").exists()


def test_networks_without_finite_numbers_are_refused(group, tmp_path):
    broken = group.model(1)
    broken.body.stage2.block1.conv.weight.data[0] = torch.finfo(torch.float32).max
    save_weights(broken, tmp_path / "broken.safetensors", {})
    weights = [group.weights()[0], tmp_path / "broken.safetensors"]
    with pytest.raises(InputError, match=r"layer stage2\.block1\.relu: its activations hold NaN"):
        group.gather(tmp_path / "units.h5", weights=weights)
    assert not (tmp_path / "units.h5").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": []}, "2 runs and 0 weights"),
        ({"runs": [], "weights": []}, "0 runs and 0 weights"),
        (
            {"probe": ProbeSpec(without={"probe": "base", "fraction": 0.1})},
            "probe, without: each network would leave out other images",
        ),
        ({"spec": UnitsSpec(layers=("stage9",))}, "units, layers: the network has no layer"),
    ],
)
def test_what_cannot_be_gathered_is_refused(group, tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        group.gather(tmp_path / "units.h5", **changes)
    assert list(tmp_path.iterdir()) == []


def call(monkeypatch, group, output, **changes):
    words = {
        "runs": json.dumps([json.loads(run.as_json()) for run in group.runs]),
        "checkpoint": "final",
        "probe": PROBE.model_dump_json(),
        "units": UNITS.model_dump_json(),
        "data": group.folder / "data.h5",
        "threads": 1,
        "device": "cpu",
        "output": output,
    } | changes
    options = [str(word) for name, value in words.items() for word in (f"--{name}", value)]
    weights = [str(path) for path in group.weights()]
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *options, "--weights", *weights])
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_script_gathers_the_networks_that_it_names(group, gathered, tmp_path, monkeypatch):
    call(monkeypatch, group, tmp_path / "units.h5")
    with GatheredUnits(tmp_path / "units.h5") as found, GatheredUnits(gathered) as expected:
        assert [each.run for each in found.networks] == [each.run for each in expected.networks]
        np.testing.assert_array_equal(found.moments(2).shuffled, expected.moments(2).shuffled)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"runs": "[{}]"}, "error: run, data: Field required"),
        ({"runs": "{}"}, "error: runs: give a JSON list of runs"),
        ({"runs": "["}, "error: runs: no JSON"),
        ({"units": '{"patch": 3}'}, "error: units, patch: Extra inputs"),
    ],
)
def test_a_mistake_ends_in_one_line(group, tmp_path, monkeypatch, changes, message):
    with pytest.raises(SystemExit, match=message) as end:
        call(monkeypatch, group, tmp_path / "units.h5", **changes)
    assert "\n" not in str(end.value)
    assert list(tmp_path.iterdir()) == []
