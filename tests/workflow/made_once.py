"""Studies that several tests look at, run once however many processes share the tests."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_study import Checkout, make_checkout


def made_once(
    factory: pytest.TempPathFactory, name: str, run: Callable[[Checkout], None]
) -> Checkout:
    """A checkout of this process in which a study has been run, by whichever process came first.

    Parameters
    ----------
    factory
        Of temporary folders.
    name
        Of the study among the tests.
    run
        Runs the study in a fresh checkout.
    """
    mine = factory.mktemp(name) / "checkout"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _made(mine, run)
    common = factory.getbasetemp().parent / name
    with common.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not common.exists():
            _made(common.with_suffix(".begun"), run).folder.rename(common)
    shutil.copytree(common, mine, symlinks=True)
    return Checkout(mine)


def _made(folder: Path, run: Callable[[Checkout], None]) -> Checkout:
    checkout = make_checkout(folder)
    run(checkout)
    return checkout
