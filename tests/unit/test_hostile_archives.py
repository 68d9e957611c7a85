"""Archives of images that mean harm, or were made by a broken program."""

import gzip
import io
import json
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from test_data_tree import load, plain_tree, png, write_folder, write_tar

from repatlas.data import archive, decode
from repatlas.errors import InputError

SCRIPT = Path(__file__).parents[2] / "scripts" / "prepare_data.py"
SMALL = png((1, 1, 1))
END = bytes(10240)


def header(name, length=0, kind=tarfile.REGTYPE, **pax):
    """The header of a member as a tar holds it, whatever it says."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.type, entry.pax_headers = length, kind, pax
    return entry.tobuf(tarfile.PAX_FORMAT if pax else tarfile.GNU_FORMAT, errors="surrogateescape")


def altered(block, start, content):
    """A header with other bytes at a place, and a checksum that fits."""
    changed = bytearray(block)
    changed[start : start + len(content)] = content
    changed[148:156] = b" " * 8
    changed[148:156] = b"%06o\0 " % sum(changed)
    return bytes(changed)


def packed(path, *parts, pack=gzip.compress):
    """An honest tree with what follows it, and the end of an archive."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as honest:
        for name, content in plain_tree().items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            honest.addfile(entry, io.BytesIO(content))
        end = honest.offset
    path.write_bytes(pack(stream.getvalue()[:end] + b"".join(parts) + END))
    return path


def refused(root, reason, **settings):
    """The one line with which a tree is refused."""
    with pytest.raises(InputError, match=reason) as caught:
        load(root, **settings)
    line = str(caught.value)
    assert str(root) in line
    assert "\n" not in line
    assert len(line) < 400
    return line


NEGATIVE = altered(header("train/cat/q.png"), 124, b"\xff" * 10 + b"\xfc\x00")
SPARSE = altered(header("a.png", kind=tarfile.GNUTYPE_SPARSE), 483, b"%011o\0" % 2**32)
SPARSE_PAX = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9" * 12}


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (header("other.bin", 2**40), "more than 200 times its own size"),
        (header("train/cat/z.png", 2**40), "more than 200 times its own size"),
        (header("././@LongLink", 2**33, tarfile.GNUTYPE_LONGNAME), "a name of 8589934592 bytes"),
        (header("././@PaxHeader", 2**33, tarfile.XHDTYPE), "a name of 8589934592 bytes"),
        (header("././@PaxHeader", 2**33, tarfile.XGLTYPE), "a name of 8589934592 bytes"),
        (NEGATIVE, "a member of negative size"),
        (header("train/cat/q.png", size="-512") * 2, "a member of negative size"),
        (header("train/cat/q.png", size="-" + "9" * 30), "a member of negative size"),
        (header("train/cat/q.png", size="9" * 40), "more than 200 times its own size|damaged"),
        (SPARSE, "a sparse member"),
        (header("train/cat/q.png", 512, **SPARSE_PAX) + b"0\n".ljust(512, b"\0"), "a sparse"),
        (header("train/cat/q.png", 512, **SPARSE_PAX) + bytes(512), "damaged|a sparse"),
        (header("train/cat/q\nerror: all is well.png"), "control characters"),
        (header("train/cat/\udcff.png"), "is not UTF-8"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_header_that_lies_is_refused_before_anything_is_read(tmp_path, part, reason):
    refused(packed(tmp_path / "a.tar.gz", part), reason)
    assert os.listdir(tmp_path) == ["a.tar.gz"]


@pytest.mark.parametrize("place", ["member", "image", "after the end"])
def test_a_bomb_is_not_unpacked_beyond_a_bound(tmp_path, monkeypatch, place):
    monkeypatch.setattr(archive, "FREE_BYTES", 2**20)
    zeros = bytes(2**23)
    if place == "after the end":
        root = packed(tmp_path / "a.tar.gz", zeros)
    else:
        name = {"member": "README", "image": "train/cat/z.png"}[place]
        root = packed(tmp_path / "a.tar.gz", header(name, len(zeros)), zeros)
    read = []
    real = gzip.GzipFile.read
    monkeypatch.setattr(
        gzip.GzipFile, "read", lambda self, size=-1: read.append(size) or real(self, size)
    )
    refused(root, "more than 200 times its own size")
    assert sum(read) < 2**21


def test_an_honest_archive_may_shrink_much(tmp_path, monkeypatch):
    zeros = bytes(2**23)
    root = packed(tmp_path / "a.tar.gz", header("README", len(zeros)), zeros)
    assert len(zeros) > archive.RATIO * root.stat().st_size
    assert len(load(root)[1]) == 12


@pytest.mark.parametrize("tar", [True, False])
def test_a_file_too_long_for_an_image_is_not_read(tmp_path, monkeypatch, tar):
    files = plain_tree() | {"train/dog/3.png": png((1, 2, 3), (200, 200))}
    root = (write_tar if tar else write_folder)(tmp_path / "a", files)
    monkeypatch.setattr(decode, "LARGEST_FILE", 100)
    refused(root, r"train/dog/3\.png has 0 MiB; files of more than 0 are not read")


def test_a_huge_sparse_file_in_a_folder_is_not_read(tmp_path):
    root = write_folder(tmp_path / "a", plain_tree())
    with (root / "train/cat/0.png").open("r+b") as file:
        file.truncate(2**40)
    refused(root, r"train/cat/0\.png has 1048576 MiB")


@pytest.mark.parametrize("name", ["/etc/cron.d/x", "../../x.png", "train/cat/../../../x.png"])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_member_that_points_outside_is_refused_even_if_it_is_no_image(tmp_path, name, kind):
    refused(packed(tmp_path / "a.tar", header(name, kind=kind), pack=bytes), "points outside")
    assert os.listdir(tmp_path) == ["a.tar"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_no_image_is_taken_through_a_link_or_from_a_device(tmp_path, kind):
    root = packed(tmp_path / "a.tar", header("train/cat/x.png", kind=kind), pack=bytes)
    refused(root, r"train/cat/x\.png is a link or device")


def test_a_link_to_a_folder_leads_nowhere(tmp_path):
    """What a link says is not followed: the image below it is that of the archive."""
    link = tarfile.TarInfo("train/owl")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    image = header("train/owl/passwd.png", len(SMALL)) + SMALL.ljust(512, b"\0")
    root = packed(tmp_path / "a.tar", link.tobuf(), image, pack=bytes)
    classes, train, _ = load(root, size=4)
    assert "owl" in classes
    assert len(train) == 13


@pytest.mark.parametrize("make", ["fifo", "device", "zip"])
def test_what_is_neither_folder_nor_tar_is_refused_at_once(tmp_path, make):
    root = tmp_path / "root"
    if make == "fifo":
        os.mkfifo(root)
    elif make == "zip":
        with zipfile.ZipFile(root, "w", zipfile.ZIP_DEFLATED) as packed_zip:
            packed_zip.writestr("train/cat/../../../x.png", bytes(2**20))
    else:
        root = os.path.join(os.sep, "dev", "zero")
    refused(root, "is no tar" if make == "zip" else "is a device or pipe")


def test_rubbish_behind_the_signature_of_a_compression_is_told_in_one_line(tmp_path):
    for magic in archive.MAGIC:
        (tmp_path / "a").write_bytes(magic + struct.pack("<Q", 2**60) + b"rubbish" * 100)
        refused(tmp_path / "a", "is no tar, or is truncated or damaged")


@pytest.mark.parametrize("part", [header("other.bin", 2**40), header("../../x.png")])
def test_the_script_ends_with_one_line_and_leaves_nothing(tmp_path, part):
    packed(tmp_path / "a.tar.gz", part)
    spec = json.dumps({"source": "tree", "root": "a.tar.gz"})
    done = subprocess.run(
        [sys.executable, SCRIPT, "--name", "few", "--spec", spec, "--output", "out.h5"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: data set 'few': a.tar.gz")
    assert done.stderr.count("\n") == 1
    assert os.listdir(tmp_path) == ["a.tar.gz"]
