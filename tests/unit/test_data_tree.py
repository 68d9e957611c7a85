import gzip
import io
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from repatlas.data.spec import DataSpec
from repatlas.data.tree import load_tree
from repatlas.errors import InputError

CIFAR = Path(__file__).parents[3] / "shared" / "data" / "cifar10_jpeg.tar.gz"


def png(color, size=(6, 6), mode="RGB"):
    stream = io.BytesIO()
    Image.new(mode, size, color).save(stream, "PNG")
    return stream.getvalue()


def plain_tree():
    """Content by path: the red channel tells the class, the green the number."""
    return {
        f"{split}/{name}/{number}.png": png((100 * label, number, 50 * (split == "test")))
        for split, count in (("train", 6), ("test", 4))
        for label, name in enumerate(("cat", "dog"))
        for number in range(count)
    }


def write_folder(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def write_tar(path, files, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def load(root, **settings):
    return load_tree(DataSpec(source="tree", root=str(root), **settings))


@pytest.mark.parametrize("form", ["folder", "w", "w:gz", "w:bz2", "w:xz"])
def test_folder_and_tars_give_the_same(tmp_path, form):
    files = plain_tree()
    if form == "folder":
        root = write_folder(tmp_path / "a", files)
    else:
        root = write_tar(tmp_path / "a", dict(reversed(files.items())), form)
    classes, train, test = load(root)
    assert classes == ("cat", "dog")
    assert train.images.shape == (12, 3, 6, 6)
    assert train.ids[:3].tolist() == ["train/cat/0.png", "train/dog/0.png", "train/cat/1.png"]
    for split in (train, test):
        for image, label, name in zip(split.images, split.labels, split.ids, strict=True):
            assert image[0, 0, 0] == 100 * label
            assert image[1, 3, 3] == int(name.split("/")[2][:-4])
            assert classes[label] == name.split("/")[1]


def test_tar_with_a_folder_above_and_dots_before(tmp_path):
    files = {f"./mine/{name}": content for name, content in plain_tree().items()}
    assert load(write_tar(tmp_path / "a.tar", files, "w"))[1].ids[0] == "train/cat/0.png"


def test_val_serves_where_there_is_no_test(tmp_path):
    files = {name.replace("test/", "val/"): data for name, data in plain_tree().items()}
    root = write_folder(tmp_path / "a", files)
    assert load(root)[2].ids[0] == "val/cat/0.png"
    write_folder(root, {"test/cat/9.png": png((1, 2, 3))})
    assert load(root)[2].ids.tolist() == ["test/cat/9.png"]


def test_other_files_are_ignored(tmp_path):
    others = {
        "README.md": b"text",
        "train/cat/.hidden.png": b"",
        "train/cat/notes.txt": b"",
        "train/loose.png": b"",
        "extra/cat/0.png": b"",
    }
    files = plain_tree() | others
    assert len(load(write_folder(tmp_path / "a", files))[1]) == 12
    assert len(load(write_tar(tmp_path / "a.tar", files))[1]) == 12


def test_only_chosen_images_are_decoded(tmp_path):
    root = write_tar(tmp_path / "a.tar", plain_tree())
    _, train, test = load(root, train=4, test=0.5)
    assert np.bincount(train.labels).tolist() == [2, 2]
    assert len(test) == 4
    files = plain_tree()
    unchosen = next(name for name in files if name not in [*train.ids, *test.ids])
    files[unchosen] = b"rubbish"
    again = load(write_tar(tmp_path / "b.tar", files), train=4, test=0.5)[1]
    assert np.array_equal(again.images, train.images)
    with pytest.raises(InputError, match=f"b.tar: {unchosen} is not a readable image"):
        load(tmp_path / "b.tar")


@pytest.mark.parametrize("content", [b"", b"rubbish", png((1, 2, 3), (50, 50))[:60]])
@pytest.mark.parametrize("tar", [True, False])
def test_corrupt_image_is_named(tmp_path, content, tar):
    files = plain_tree() | {"train/dog/3.png": content}
    root = (write_tar if tar else write_folder)(tmp_path / "a", files)
    with pytest.raises(InputError, match=r"train/dog/3\.png is not a readable image") as caught:
        load(root)
    assert "\n" not in str(caught.value)
    assert "0x" not in str(caught.value)


def test_deep_grey_image_is_refused_and_plain_grey_is_repeated(tmp_path):
    files = plain_tree() | {"train/dog/3.png": png(77, mode="L")}
    root = write_folder(tmp_path / "a", files)
    _, train, _ = load(root)
    assert (train.images[train.ids.tolist().index("train/dog/3.png")] == 77).all()
    write_folder(root, {"train/dog/3.png": png(40_000, mode="I;16")})
    with pytest.raises(InputError, match=r"train/dog/3\.png has more than 8 bits"):
        load(root)


def test_different_sizes_need_a_size(tmp_path):
    files = plain_tree() | {"test/dog/1.png": png((100, 1, 50), (9, 12))}
    root = write_folder(tmp_path / "a", files)
    with pytest.raises(InputError, match=r"9 x 12 px, others 6 x 6: set 'size'"):
        load(root)
    assert load(root, size=4)[2].images.shape == (8, 3, 4, 4)


@pytest.mark.parametrize("name", ["../train/cat/x.png", "/train/cat/x.png", "train/../a/b/x.png"])
def test_member_outside_the_archive_is_refused(tmp_path, name):
    root = write_tar(tmp_path / "a.tar.gz", plain_tree() | {name: png((0, 0, 0))})
    with pytest.raises(InputError, match=r"points outside the archive"):
        load(root)
    assert os.listdir(tmp_path) == ["a.tar.gz"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_link_among_the_images_is_refused(tmp_path, kind):
    root = write_tar(tmp_path / "a.tar", plain_tree(), "w")
    with tarfile.open(root, "a") as archive:
        entry = tarfile.TarInfo("train/cat/link.png")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(InputError, match=r"train/cat/link\.png is a link or device"):
        load(root)


@pytest.mark.parametrize("form", ["w", "w:gz", "w:xz"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_truncated_tar_is_refused(tmp_path, form, share):
    root = write_tar(tmp_path / "a", plain_tree(), form)
    content = root.read_bytes()
    if form == "w":  # without the padding that fills the last record
        content = content[: 1024 * 20 + 1024]
    root.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"a is no tar, or is truncated or damaged"):
        load(root)


def test_tar_cut_between_members_or_with_a_broken_header_is_refused(tmp_path):
    root = write_tar(tmp_path / "a", plain_tree(), "w")
    content = root.read_bytes()
    root.write_bytes(content[: 1024 * 7])
    with pytest.raises(InputError, match="no header and no end at byte 7168"):
        load(root)
    root.write_bytes(content[: 1024 * 7] + b"\1" * 512 + content[1024 * 7 + 512 :])
    with pytest.raises(InputError, match="no header and no end at byte 7168"):
        load(root)


def test_damaged_gzip_and_foreign_file_are_refused(tmp_path):
    root = write_tar(tmp_path / "a", plain_tree(), "w")
    packed = bytearray(gzip.compress(root.read_bytes(), 0))
    packed[len(packed) // 2] ^= 255
    for content in (bytes(packed), b"rubbish" * 1000):
        root.write_bytes(content)
        with pytest.raises(InputError, match="a is no tar, or is truncated or damaged"):
            load(root)


def test_bad_layouts_are_told(tmp_path):
    with pytest.raises(InputError, match="absent does not exist"):
        load(tmp_path / "absent")
    with pytest.raises(InputError, match=r"has no images train/class/name"):
        load(write_folder(tmp_path / "a", {"cat/0.png": png((0, 0, 0))}))
    files = plain_tree()
    train_only = {name: data for name, data in files.items() if name.startswith("train")}
    with pytest.raises(InputError, match=r"has no images test/class/name \(or val\)"):
        load(write_folder(tmp_path / "b", train_only))
    with pytest.raises(InputError, match=r"test/eel/0\.png is of class 'eel', which train has not"):
        load(write_folder(tmp_path / "c", files | {"test/eel/0.png": png((0, 0, 0))}))
    double = [(f"{top}/{name}", data) for top in "xy" for name, data in files.items()]
    with pytest.raises(InputError, match=r"more than one tree, below \['x', 'y'\]"):
        load(write_tar(tmp_path / "d.tar", dict(double)))
    twice = files | {"./train/cat/0.png": png((0, 0, 0))}
    with pytest.raises(InputError, match=r"holds train/cat/0\.png twice"):
        load(write_tar(tmp_path / "e.tar", twice))


@pytest.mark.skipif(not CIFAR.exists(), reason=f"{CIFAR.name} is not beside the checkout")
def test_jpeg_copy_of_cifar_loads_as_it_is():
    classes, train, test = load(CIFAR, train=1000, test=512)
    assert classes[:3] == ("airplane", "automobile", "bird")
    assert train.images.shape == (1000, 3, 32, 32)
    assert np.bincount(train.labels).tolist() == [100] * 10
    assert np.bincount(test.labels).tolist() == [52, 52, *[51] * 8]
    assert 0.4 < train.images.mean() / 255 < 0.55
