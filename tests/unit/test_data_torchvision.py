import gzip
import hashlib
import pickle
import shutil
import struct
import subprocess
import sys
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

import h5py
import numpy as np
import pytest

from repatlas.data.spec import DataSpec
from repatlas.data.torchvision_files import PCAM_FILES, default_root
from repatlas.data.torchvision_sets import load_torchvision
from repatlas.errors import InputError
from repatlas.torchvision_import import import_torchvision

MNIST_FILES = Path(__file__).parents[3] / "shared" / "data" / "mnist_t10k"
NAMES = [f"class{label}" for label in range(10)]


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


def random_bytes(*shape):
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, dtype=np.uint8)


def cifar_images(count):
    """Rows as in the files, and the labels: red plane first, each plane by rows."""
    return random_bytes(count, 3072), [i % 10 for i in range(count)]


@pytest.fixture
def cifar(tmp_path, monkeypatch):
    """A folder with small CIFAR-10 files, whose checksums torchvision is made to expect."""
    kind = import_torchvision().datasets.CIFAR10
    folder = tmp_path / "root" / kind.base_folder
    folder.mkdir(parents=True)

    def write(name, content):
        (folder / name).write_bytes(pickle.dumps(content))
        return [name, md5(folder / name)]

    def write_batch(name, count):
        images, labels = cifar_images(count)
        return write(name, {"data": images, "labels": labels})

    monkeypatch.setattr(
        kind, "train_list", [write_batch(f"data_batch_{i}", 20 + i) for i in (1, 2)]
    )
    monkeypatch.setattr(kind, "test_list", [write_batch("test_batch", 30)])
    name, checksum = write("batches.meta", {"label_names": NAMES})
    monkeypatch.setattr(kind, "meta", {"filename": name, "key": "label_names", "md5": checksum})
    return folder.parent


def spec(source, root, **settings):
    return DataSpec(source=source, root=str(root), **settings)


def test_cifar_images_labels_and_ids(cifar):
    classes, train, test = load_torchvision(spec("cifar10", cifar))
    assert classes == tuple(NAMES)
    assert len(train) == 21 + 22
    rows, labels = cifar_images(30)
    for image, label, name in zip(test.images, test.labels, test.ids, strict=True):
        split, class_name, number = name.split("/")
        assert (split, class_name, len(number)) == ("test", NAMES[label], 5)
        assert labels[int(number)] == label
        assert np.array_equal(image, rows[int(number)].reshape(3, 32, 32))


def test_cifar_subset_and_size(cifar):
    _, train, test = load_torchvision(spec("cifar10", cifar, size=16, train=20, test=0.5))
    assert train.images.shape == (20, 3, 16, 16)
    assert np.bincount(train.labels).tolist() == [2] * 10
    assert len(test) == 15


def test_absent_folder_and_absent_file_name_the_folder_and_both_remedies(cifar, tmp_path):
    with pytest.raises(InputError, match=r"not in folder .*nowhere .*download: true.*'root'"):
        load_torchvision(spec("cifar10", tmp_path / "nowhere"))
    (cifar / "cifar-10-batches-py" / "data_batch_2").unlink()
    with pytest.raises(InputError, match=r"cifar-10-batches-py/data_batch_2 is absent"):
        load_torchvision(spec("cifar10", cifar))


@pytest.mark.parametrize("name", ["data_batch_1", "test_batch", "batches.meta"])
def test_wrong_checksum_is_refused_before_anything_is_unpickled(cifar, name, tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    path = cifar / "cifar-10-batches-py" / name
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(InputError, match=rf"{name} has a wrong checksum: delete it"):
        load_torchvision(spec("cifar10", cifar))
    assert not (tmp_path / "sprung").exists()


def offer_download(kind, source, tmp_path, monkeypatch):
    """Pack a folder as the archive that torchvision fetches, from this disk instead of the web."""
    archive = tmp_path / "web" / kind.filename
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(source / kind.base_folder, kind.base_folder)
    monkeypatch.setattr(kind, "url", archive.as_uri())
    monkeypatch.setattr(kind, "tgz_md5", md5(archive))

    def fetch(url, filename):
        shutil.copyfile(urlsplit(url).path, filename)

    monkeypatch.setattr(import_torchvision().datasets.utils, "_urlretrieve", fetch)


def test_download_unpacks_and_a_second_one_fetches_nothing(cifar, tmp_path, monkeypatch):
    kind = import_torchvision().datasets.CIFAR10
    offer_download(kind, cifar, tmp_path, monkeypatch)
    wanted = spec("cifar10", tmp_path / "new" / "place", download=True)
    fetched = load_torchvision(wanted)[1]
    assert np.array_equal(fetched.images, load_torchvision(spec("cifar10", cifar))[1].images)
    monkeypatch.setattr(kind, "url", (tmp_path / "gone").as_uri())
    assert len(load_torchvision(wanted)[1]) == 43


def test_failed_download_and_wrong_checksum_of_one_are_told_in_one_line(
    cifar, tmp_path, monkeypatch
):
    kind = import_torchvision().datasets.CIFAR10
    offer_download(kind, cifar, tmp_path, monkeypatch)
    wanted = spec("cifar10", tmp_path / "new", download=True)
    monkeypatch.setattr(kind, "tgz_md5", "0" * 32)
    with pytest.raises(InputError, match=r"cannot download cifar10 into .*corrupted") as caught:
        load_torchvision(wanted)
    assert "\n" not in str(caught.value)
    monkeypatch.setattr(kind, "url", (tmp_path / "gone").as_uri())
    with pytest.raises(InputError, match=r"cannot download cifar10 .*drop 'download'"):
        load_torchvision(wanted)


def test_full_disk_during_a_download_stays_a_fault_of_the_disk(tmp_path, monkeypatch):
    def fail(self):
        raise OSError(28, "No space left on device", "archive")

    monkeypatch.setattr(import_torchvision().datasets.CIFAR10, "download", fail)
    with pytest.raises(OSError, match="No space"):
        load_torchvision(spec("cifar10", tmp_path, download=True))


def write_idx(path, array):
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def write_mnist(root, prefix, count):
    folder = root / "MNIST" / "raw"
    write_idx(folder / f"{prefix}-images-idx3-ubyte", random_bytes(count, 28, 28))
    write_idx(folder / f"{prefix}-labels-idx1-ubyte", np.arange(count) % 10)


def test_mnist_is_repeated_to_three_channels(tmp_path):
    write_mnist(tmp_path, "train", 40)
    write_mnist(tmp_path, "t10k", 20)
    classes, train, test = load_torchvision(spec("mnist", tmp_path))
    assert classes == tuple("0123456789")
    assert train.images.shape == (40, 3, 28, 28)
    first = random_bytes(20, 28, 28)[0]
    assert test.ids[0] == "test/0/00000"
    assert all(np.array_equal(channel, first) for channel in test.images[0])


def test_damaged_mnist_is_told(tmp_path):
    write_mnist(tmp_path, "train", 40)
    write_mnist(tmp_path, "t10k", 20)
    path = tmp_path / "MNIST" / "raw" / "t10k-images-idx3-ubyte"
    for content in (path.read_bytes()[:500], b"", b"rubbish"):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"the test files of MNIST in .* are damaged"):
            load_torchvision(spec("mnist", tmp_path))
    path.unlink()
    with pytest.raises(InputError, match=r"mnist is not in folder .*t10k-images.* is absent"):
        load_torchvision(spec("mnist", tmp_path))


@pytest.mark.parametrize("count", [0, 19, 21, 2**31])
def test_mnist_with_another_number_of_labels_is_told(tmp_path, count):
    write_mnist(tmp_path, "train", 40)
    write_mnist(tmp_path, "t10k", 20)
    path = tmp_path / "MNIST" / "raw" / "t10k-labels-idx1-ubyte"
    held = bytes(min(count, 100))
    path.write_bytes(struct.pack(">HBBI", 0, 8, 1, count) + held)
    with pytest.raises(InputError, match=r"the test files of MNIST in .* are damaged"):
        load_torchvision(spec("mnist", tmp_path))


def test_mnist_with_labels_of_no_class_is_told(tmp_path):
    write_mnist(tmp_path, "train", 40)
    write_mnist(tmp_path, "t10k", 20)
    path = tmp_path / "MNIST" / "raw" / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    with pytest.raises(InputError, match=r"the train files of MNIST in .* are damaged"):
        load_torchvision(spec("mnist", tmp_path))


@pytest.mark.skipif(not MNIST_FILES.exists(), reason="mnist_t10k is not beside the checkout")
def test_real_mnist_test_images(tmp_path):
    write_mnist(tmp_path, "train", 40)
    for packed in MNIST_FILES.glob("*.gz"):
        target = tmp_path / "MNIST" / "raw" / packed.stem
        target.write_bytes(gzip.decompress(packed.read_bytes()))
    _, _, test = load_torchvision(spec("mnist", tmp_path, test=500))
    assert np.bincount(test.labels).tolist() == [50] * 10
    ones, zeros = (test.images[test.labels == digit] for digit in (1, 0))
    assert zeros.mean() > 2 * ones.mean()


def write_pcam(root, train=1100):
    """Small files; 1100 images are more than one block of reading."""
    for split, count in (("train", train), ("test", 10)):
        (root / "pcam").mkdir(exist_ok=True)
        with h5py.File(root / PCAM_FILES[split, "x"], "w") as file:
            images = np.zeros((count, 96, 96, 3), np.uint8)
            images[..., 0] = (np.arange(count) % 251)[:, None, None]
            images[:, 32:64, 32:64, 1] = 200
            images[..., 2] = np.arange(96)
            file["x"] = images
        with h5py.File(root / PCAM_FILES[split, "y"], "w") as file:
            file["y"] = (np.arange(count) % 2).reshape(-1, 1, 1, 1)


def test_pcam_takes_the_central_pixels_of_the_chosen_images(tmp_path):
    write_pcam(tmp_path)
    classes, train, _ = load_torchvision(spec("pcam", tmp_path, size=32, train=900, test=10))
    assert classes == ("normal", "metastasis")
    assert train.images.shape == (900, 3, 32, 32)
    assert (train.images[:, 1] == 200).all()
    assert (train.images[:, 2] == np.arange(32, 64)).all()
    numbers = np.array([int(name.split("/")[2]) for name in train.ids])
    assert np.array_equal(train.images[:, 0, 0, 0], numbers % 251)
    assert np.array_equal(train.labels, numbers % 2)
    assert load_torchvision(spec("pcam", tmp_path, train=2, test=2))[1].images.shape[2] == 96


def test_pcam_faults_are_told(tmp_path):
    with pytest.raises(InputError, match=r"pcam is not in folder .*split_train_x\.h5 is absent"):
        load_torchvision(spec("pcam", tmp_path))
    write_pcam(tmp_path, 10)
    with pytest.raises(InputError, match="pcam has 96 px, not 128"):
        load_torchvision(spec("pcam", tmp_path, size=128))
    path = tmp_path / PCAM_FILES["test", "x"]
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(InputError, match=r"split_test_x\.h5 or .*y\.h5 is damaged"):
        load_torchvision(spec("pcam", tmp_path))


def replace(path, name, **array):
    """Put another array, which need not be written, in the place of that of a file."""
    with h5py.File(path, "w") as file:
        file.create_dataset(name, chunks=True, **array)


@pytest.mark.parametrize(
    ("kind", "array"),
    [
        ("y", {"shape": (2**40, 1, 1, 1), "dtype": "u1"}),
        ("y", {"shape": (9, 1, 1, 1), "dtype": "u1"}),
        ("y", {"shape": (10, 2**40), "dtype": "u1"}),
        ("y", {"shape": (10, 1, 1, 1), "dtype": "f8"}),
        ("y", {"shape": (10, 1, 1, 1), "dtype": "u1", "fillvalue": 2}),
        ("y", {"shape": (10, 1, 1, 1), "dtype": "i1", "fillvalue": -1}),
        ("x", {"shape": (2**40, 96, 96, 3), "dtype": "u1"}),
        ("x", {"shape": (10, 2**30, 96, 3), "dtype": "u1"}),
        ("x", {"shape": (10, 96, 96, 3), "dtype": "u2"}),
        ("x", {"shape": (10, 96, 96, 3), "dtype": h5py.string_dtype()}),
        ("x", {"shape": (10, 96, 96), "dtype": "u1"}),
    ],
)
def test_pcam_files_that_hold_other_arrays_are_told(tmp_path, kind, array):
    write_pcam(tmp_path, 10)
    replace(tmp_path / PCAM_FILES["test", kind], kind, **array)
    with pytest.raises(InputError, match=r"split_test_x\.h5 or .*y\.h5 is damaged"):
        load_torchvision(spec("pcam", tmp_path, train=2, test=2))


def test_pcam_files_that_link_elsewhere_are_told(tmp_path):
    write_pcam(tmp_path, 10)
    with h5py.File(tmp_path / PCAM_FILES["test", "y"], "w") as file:
        file["y"] = h5py.ExternalLink("/etc/passwd", "y")
    with pytest.raises(InputError, match=r"split_test_x\.h5 or .*y\.h5 is damaged"):
        load_torchvision(spec("pcam", tmp_path, train=2, test=2))


def test_files_of_torchvision_are_those_expected_here():
    files = import_torchvision().datasets.PCAM._FILES
    names = {
        (split, kind): f"pcam/{files[split][key][0]}"
        for split in ("train", "test")
        for kind, key in (("x", "images"), ("y", "targets"))
    }
    assert names == PCAM_FILES


def test_default_folder_follows_the_cache_folder(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_root() == Path("/somewhere/repatlas")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_root() == Path.home() / ".cache" / "repatlas"


def test_importing_the_loaders_imports_neither_torch_nor_torchvision():
    code = (
        "import sys, repatlas.data.torchvision_sets, repatlas.data.sources, repatlas.data.photos;"
        "sys.exit(any(name in sys.modules for name in ('torch', 'torchvision')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
