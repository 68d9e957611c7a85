"""Copies of the checkout in which tiny studies are run for real."""

import shutil
from pathlib import Path

import pytest
from tiny_study import TINY as TINY
from tiny_study import Checkout as Checkout
from tiny_study import make_checkout as make_checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh copy without results."""
    return make_checkout(tmp_path / "checkout")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The tiny study, run to its report and its crate; tests must leave it as it is."""
    checkout = make_checkout(tmp_path_factory.mktemp("finished") / "checkout")
    done = checkout.snakemake("report", "crate")
    assert done.returncode == 0, done.stdout
    return checkout


@pytest.fixture
def finished_copy(finished: Checkout, tmp_path: Path) -> Checkout:
    """A copy of the finished study that a test may change."""
    shutil.copytree(finished.folder, tmp_path / "checkout", symlinks=True)
    return Checkout(tmp_path / "checkout")
