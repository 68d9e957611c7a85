"""Copies of the checkout in which tiny studies are run for real."""

import shutil
from pathlib import Path

import pytest
from made_once import made_once
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
    return made_once(tmp_path_factory, "finished", run_to_its_end)


def run_to_its_end(checkout: Checkout) -> None:
    """Run the tiny study to its report and its crate."""
    done = checkout.snakemake("report", "crate")
    assert done.returncode == 0, done.stdout


@pytest.fixture
def finished_copy(finished: Checkout, tmp_path: Path) -> Checkout:
    """A copy of the finished study that a test may change."""
    shutil.copytree(finished.folder, tmp_path / "checkout", symlinks=True)
    return Checkout(tmp_path / "checkout")
