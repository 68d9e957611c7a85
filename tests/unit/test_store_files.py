"""The file of a store: what it says, and what is refused."""

import errno
import json
import os
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest
from edited_files import edited_hdf5
from store_samples import HEADER, contents, network, probe, write

from repatlas.errors import InputError
from repatlas.networks.layer_table import Layer
from repatlas.similarity.source import require_same_examples
from repatlas.store.layers import read_layers, write_layers
from repatlas.store.reader import ActivationStore
from repatlas.store.writer import write_store


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("store") / "store.h5", exact=True)


def test_says_what_it_is_about(store_path):
    examples = probe(exact=True)
    with ActivationStore(store_path) as store:
        assert store.name == str(store_path)
        assert store.run == {"network": "toy", "seed": 3}
        assert (store.checkpoint, store.epoch, store.step) == ("final", 4, 40)
        assert (store.train_accuracy, store.test_accuracy) == (0.75, 0.5)
        assert store.probe == examples.spec
        assert (store.data, store.data_fingerprint) == ("toy", "f" * 64)
        assert store.classes == ("a", "b", "c")
        assert store.n == 40
        assert store.batches == [(0, 16), (16, 32), (32, 40)]
        np.testing.assert_array_equal(store.labels, examples.labels)
        np.testing.assert_array_equal(store.ids, examples.ids)
        assert store.layers[0] == Layer("input", "input", 0, False, (3, 4, 4), 48)
        assert store.layers[store.index("2.bn1")].kind == "bn"


def test_arrays_have_the_stated_shapes_and_types(store_path):
    with ActivationStore(store_path) as store:
        layers, n, k = len(store.layers), 40, 3
        assert store.gram(0).shape == (layers, 120)
        assert store.gram(2).shape == (layers, 28)
        assert store.exact_gram().shape == (layers, n * (n - 1) // 2)
        assert store.component_vectors.shape == (layers, k, n)
        for values in (store.gram(0), store.component_vectors, store.activation_norms):
            assert values.dtype == np.float32
        for values in (store.component_eigenvalues, store.component_share):
            assert values.shape == (layers, k)
            assert values.dtype == np.float64
        for values in (store.centered_square_batch, store.centered_square_full):
            assert values.shape == (layers, n)
        assert store.logits.shape == (n, 3)


def test_part_of_the_pairs_is_read_alone(store_path):
    with ActivationStore(store_path) as store:
        np.testing.assert_array_equal(store.gram(1, slice(5, 50)), store.gram(1)[:, 5:50])


def test_components_of_some_layers_are_read_alone(store_path, monkeypatch):
    with ActivationStore(store_path) as store:
        vectors = store.component_vectors
        np.testing.assert_array_equal(store.components([5, 2, -1])[:, 0], vectors[[5, 2, -1], 0])
        np.testing.assert_array_equal(store.components([7], count=3)[0], vectors[7])
        assert store.components([]).shape == (0, 1, 40)
        with pytest.raises(
            InputError, match=r"holds 3 components of a layer, not 4: .*`components: 4`"
        ):
            store.components([0], count=4)
        read = []
        take = h5py.Dataset.__getitem__
        monkeypatch.setattr(
            h5py.Dataset, "__getitem__", lambda data, key: read.append(key) or take(data, key)
        )
        store.components([5, 2])
        assert read == [(5, slice(None, 1)), (2, slice(None, 1))]


def test_every_data_set_describes_itself_and_its_dimensions(store_path):
    with h5py.File(store_path) as file:

        def check(name, item):
            if isinstance(item, h5py.Dataset):
                assert item.attrs["description"], name
                assert all(dimension.label for dimension in item.dims), name
                assert item.chunks is None, name

        file.visititems(check)
        assert file.attrs["provenance_versions"]


def test_same_content_gives_the_same_bytes_and_fingerprint(tmp_path):
    for name in ("one.h5", "two.h5"):
        write(tmp_path / name, exact=True, raw_layers=("2.bn1",))
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_fingerprint_is_of_the_content_alone(tmp_path):
    examples = probe()
    write(tmp_path / "one.h5", network(), examples)
    write(tmp_path / "two.h5", network(seed=1), examples)
    shutil.copy(tmp_path / "one.h5", tmp_path / "copy.h5")
    prints = []
    for name in ("one.h5", "copy.h5", "two.h5"):
        with ActivationStore(tmp_path / name) as store:
            prints.append(store.fingerprint)
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize("part", [0, 1, 100, 0.1, 0.5, 0.9, 0.999, -1])
def test_truncated_store_is_refused_in_one_line(store_path, tmp_path, part):
    content = store_path.read_bytes()
    length = int(part * len(content)) if isinstance(part, float) else part
    cut = tmp_path / "cut.h5"
    cut.write_bytes(content[:length])
    with pytest.raises(InputError, match=r"cut\.h5 is (truncated|not an HDF5 file)") as caught:
        ActivationStore(cut)
    assert "\n" not in str(caught.value)


def test_absent_and_foreign_files_are_refused(store_path, tmp_path):
    with pytest.raises(InputError, match=r"none\.h5 does not exist"):
        ActivationStore(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("not HDF5 at all")
    with pytest.raises(InputError, match=r"text\.h5 is not an HDF5 file"):
        ActivationStore(tmp_path / "text.h5")
    with h5py.File(tmp_path / "foreign.h5", "w") as file:
        file["weights"] = [1, 2]
    with pytest.raises(InputError, match=r"foreign\.h5: holds no repatlas format"):
        ActivationStore(tmp_path / "foreign.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.attrs.update(format="repatlas.dataset", version=1)
    with pytest.raises(InputError, match=r"holds repatlas.dataset, expected repatlas.activations"):
        ActivationStore(tmp_path / "other.h5")


@pytest.mark.parametrize(
    "part",
    ["layers/kind", "samples/ids", "norms/activation", "components/vectors", "grams", "grams/0001"],
)
def test_store_without_a_part_is_refused(store_path, tmp_path, part):
    shutil.copy(store_path, tmp_path / "part.h5")
    with edited_hdf5(tmp_path / "part.h5") as file:
        del file[part]
    with pytest.raises(InputError, match=r"part\.h5"):
        ActivationStore(tmp_path / "part.h5")


@pytest.mark.parametrize("name", ["run", "probe", "sample_hash", "train_accuracy"])
def test_store_without_an_attribute_is_refused(store_path, tmp_path, name):
    shutil.copy(store_path, tmp_path / "part.h5")
    with edited_hdf5(tmp_path / "part.h5") as file:
        del file.attrs[name]
    with pytest.raises(InputError, match=r"part\.h5 lacks a part"):
        ActivationStore(tmp_path / "part.h5")


def test_part_of_another_shape_is_refused(store_path, tmp_path):
    shutil.copy(store_path, tmp_path / "part.h5")
    with edited_hdf5(tmp_path / "part.h5") as file:
        del file["norms/activation"]
        file["norms/activation"] = np.zeros((2, 2), np.float32)
    with pytest.raises(InputError, match=r"norms/activation is \(2, 2\), not \(18, 40\)"):
        ActivationStore(tmp_path / "part.h5")


def test_what_a_store_does_not_hold_is_told_in_words(tmp_path):
    with ActivationStore(write(tmp_path / "store.h5")) as store:
        assert not store.has_exact
        with pytest.raises(InputError, match=r"no Gram over all examples: .*exact: true"):
            store.exact_gram()
        with pytest.raises(InputError, match="has no layer 'x'"):
            store.index("x")


def stores_of(tmp_path, **probes):
    opened = []
    for name, (count, batch_size) in probes.items():
        path = write(tmp_path / f"{name}.h5", count=count, batch_size=batch_size)
        opened.append(ActivationStore(path))
    return opened


def test_stores_of_different_samples_are_refused_and_both_named(tmp_path):
    one, two, three = stores_of(tmp_path, one=(40, 16), two=(39, 16), three=(40, 20))
    require_same_examples([one, one, one])
    with pytest.raises(InputError, match=r"one\.h5 and .*two\.h5 .*40 and 39 of them"):
        require_same_examples([one, one, two])
    with pytest.raises(InputError, match=r"one\.h5 and .*three\.h5 hold Grams of different batch"):
        require_same_examples([one, three])
    for store in (one, two, three):
        store.close()


def test_other_order_of_the_same_samples_is_refused(tmp_path):
    examples = probe()
    write(tmp_path / "one.h5", probe_set=examples)
    object.__setattr__(examples, "ids", examples.ids[::-1].copy())
    write(tmp_path / "two.h5", probe_set=examples)
    with (
        ActivationStore(tmp_path / "one.h5") as one,
        ActivationStore(tmp_path / "two.h5") as two,
        pytest.raises(InputError, match=r"in another order: number 0 is test/class"),
    ):
        require_same_examples([one, two])


@pytest.mark.parametrize(
    "other",
    [
        {"corruption": "contrast"},
        {"corruption": "contrast", "severity": 4},
        {"corruption": "noise_only"},
        {},
    ],
)
def test_differently_corrupted_images_are_different_samples(tmp_path, other):
    options = {"corruption": "gaussian_noise"}
    write(tmp_path / "one.h5", **options)
    write(tmp_path / "two.h5", **other)
    with (
        ActivationStore(tmp_path / "one.h5") as one,
        ActivationStore(tmp_path / "two.h5") as two,
        pytest.raises(InputError, match=r"\(the same ids, but corrupted in one of them"),
    ):
        require_same_examples([one, two])


def test_full_disk_leaves_nothing_and_names_the_file(tmp_path, monkeypatch):
    def full(self, *arguments):
        raise OSError(errno.ENOSPC, "Can't write data (No space left on device)")

    monkeypatch.setattr(h5py.Dataset, "__setitem__", full)
    with pytest.raises(OSError, match=r"No space left.*store\.h5") as caught:
        write(tmp_path / "store.h5")
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_disk_that_fills_up_at_the_end_leaves_the_old_store(tmp_path, monkeypatch):
    path = write(tmp_path / "store.h5")
    before = path.read_bytes()

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(path, network(seed=1))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_no_permission_leaves_nothing(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(h5py, "File", refuse)
    with pytest.raises(PermissionError, match="Permission denied"):
        write(tmp_path / "store.h5")
    assert list(tmp_path.iterdir()) == []


def test_half_written_store_never_stands(tmp_path):
    layers = [Layer("a", "relu", 1, True, (2,), 2)]
    with (
        pytest.raises(ValueError, match="norms/activation: 40 values were never written"),
        write_store(tmp_path / "store.h5", HEADER, layers, probe()),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_layer_table_survives_the_file(tmp_path):
    layers = (
        Layer("input", "input", 0, False, (3, 4, 4), 48),
        Layer("körper.relu#2", "relu", 2, True, (7,), 7),
        Layer("scalar", "linear", 0, False, (), 1),
    )
    with h5py.File(tmp_path / "file.h5", "w") as file:
        write_layers(file.create_group("layers"), layers)
        assert read_layers(file["layers"]) == layers


def test_ids_beyond_ascii_survive(tmp_path):
    examples = probe()
    names = np.array([f"test/straße/{i}" for i in range(40)])
    object.__setattr__(examples, "ids", names)
    with ActivationStore(write(tmp_path / "store.h5", probe_set=examples)) as store:
        assert store.ids.tolist() == names.tolist()


def test_reader_needs_neither_torch_nor_pandas(store_path):
    code = (
        "import sys; from repatlas.store.reader import ActivationStore; "
        f"store = ActivationStore({str(store_path)!r}); store.gram(0); "
        "print([name for name in ('torch', 'pandas', 'scipy', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"


def test_attributes_are_plain_json(store_path):
    with h5py.File(store_path) as file:
        assert json.loads(file.attrs["classes"]) == ["a", "b", "c"]
        assert json.loads(file.attrs["probe"])["components"] == 3
        assert file.attrs["format"] == "repatlas.activations"


def test_contents_are_finite(store_path):
    found = contents(store_path)
    assert all(np.isfinite(grams).all() for grams in found["grams"])
    assert ((found["share"] >= 0) & (found["share"] <= 1 + 1e-6)).all()
