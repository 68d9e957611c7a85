"""The files of torchvision's data sets: where they are, whether they are whole, fetching them."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from repatlas.data.spec import DataSpec
from repatlas.errors import InputError

PCAM_FILES = {
    (split, kind): f"pcam/camelyonpatch_level_2_split_{split}_{kind}.h5"
    for split in ("train", "test")
    for kind in ("x", "y")
}
DISK_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)


def ensure_files(spec: DataSpec, torchvision: ModuleType) -> Path:
    """Make sure that the files of a data set are there, and whole as far as checksums tell.

    torchvision has checksums of the unpacked files of CIFAR, and of the downloads of all.

    Returns
    -------
    Path
        The folder to give to torchvision as ``root``.

    Raises
    ------
    InputError
        A file is absent or has a wrong checksum, or cannot be downloaded.
    """
    root = Path(spec.root).expanduser() if spec.root else default_root()
    if spec.download:
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root):
            _download(spec.source, root, torchvision)
    for name, checksum in _expected_files(spec.source, torchvision.datasets):
        path = root / name
        if not path.is_file():
            raise InputError(
                f"{spec.source} is not in folder {root} ({name} is absent): set 'download: true', "
                "or name with 'root' the folder that holds its files as torchvision lays them out"
            )
        if not torchvision.datasets.utils.check_integrity(path, checksum):
            raise InputError(
                f"{path} has a wrong checksum: delete it and set 'download: true', or copy it again"
            )
    return root


def default_root() -> Path:
    """Folder for downloads: ``repatlas`` in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "repatlas"


def _expected_files(source: str, datasets: ModuleType) -> list[tuple[str, str | None]]:
    if source in ("cifar10", "cifar100"):
        kind = getattr(datasets, source.upper())
        listed = [*kind.train_list, *kind.test_list, (kind.meta["filename"], kind.meta["md5"])]
        return [(f"{kind.base_folder}/{name}", checksum) for name, checksum in listed]
    if source == "mnist":
        return [
            (f"MNIST/raw/{name.removesuffix('.gz')}", None) for name, _ in datasets.MNIST.resources
        ]
    return [(name, None) for name in PCAM_FILES.values()]


def _download(source: str, root: Path, torchvision: ModuleType) -> None:
    try:
        if source == "pcam":
            for split in ("train", "test"):
                torchvision.datasets.PCAM(str(root), split=split, download=True)
        else:
            getattr(torchvision.datasets, source.upper())(str(root), download=True)
    except Exception as error:  # urllib, tarfile and gdown each have faults of their own
        if isinstance(error, OSError) and error.errno in DISK_FAULTS:
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"cannot download {source} into {root} ({reason}): check the network and run the same "
            "command again, or put the files there yourself and drop 'download'"
        ) from error


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep jobs that want the same download from writing over one another."""
    with (root / ".download.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
