"""One run at a time in a folder, asked of real processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from repatlas.errors import InputError
from repatlas.provenance import STUDY_CONFIG_VARIABLE
from repatlas.workflow import locks
from repatlas.workflow.disk import require_writable
from repatlas.workflow.locks import only_run, stop_orphans

WAITING = "import sys\nprint('ready', flush=True)\nsys.stdin.read()\n"
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WAITING


@contextmanager
def process(folder: Path, name: str, config: str | None, code: str = WAITING) -> Iterator:
    """A process that lives until it is stopped, or until the block ends."""
    script = folder / name
    script.write_text(code)
    environment = {key: value for key, value in os.environ.items() if key != STUDY_CONFIG_VARIABLE}
    if config is not None:
        environment[STUDY_CONFIG_VARIABLE] = config
    with subprocess.Popen(
        [sys.executable, script],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        yield started
        started.kill()


def test_a_second_run_in_a_folder_is_refused_and_named(tmp_path):
    with (
        only_run(tmp_path),
        pytest.raises(InputError, match=rf"process {os.getpid()}\): wait until it ends"),
        only_run(tmp_path),
    ):
        pass
    with only_run(tmp_path):
        pass


def test_a_living_snakemake_keeps_its_folder(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    with process(tmp_path, "snakemake", None) as snakemake:
        with (
            pytest.raises(InputError, match=rf"stop it with `kill {snakemake.pid}`"),
            only_run(tmp_path),
        ):
            pass
        with only_run(other):
            pass
    with only_run(tmp_path):
        pass


@pytest.mark.parametrize("code", [WAITING, STUBBORN])
def test_jobs_of_a_killed_run_are_stopped_and_no_others(tmp_path, monkeypatch, code):
    monkeypatch.setattr(locks, "GRACE", 0.1)
    mine, others = tmp_path / "mine", tmp_path / "others"
    mine.mkdir()
    others.mkdir()
    frozen = str(mine / "results/tiny/config/0.json")
    with (
        process(mine, "train.py", frozen, code) as orphan,
        process(mine, "by_hand.py", None) as by_hand,
        process(others, "train.py", str(others / "results/config/0.json")) as another,
    ):
        with only_run(mine):
            assert stop_orphans(mine)
        assert not psutil.pid_exists(orphan.pid)
        assert by_hand.poll() is None
        assert another.poll() is None
        assert not stop_orphans(mine)


def test_a_folder_that_can_be_written_to_is_made_and_left_empty(tmp_path):
    require_writable(tmp_path / "results" / "tiny")
    assert os.listdir(tmp_path / "results" / "tiny") == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(OSError, match="Not a directory") as caught:
        require_writable(tmp_path / "results" / "tiny")
    assert caught.value.filename == str(tmp_path / "results" / "tiny")
