"""The search path of jobs."""

import subprocess
from pathlib import Path

from repatlas.workflow.search_path import extend_search_path, job_prefix


def test_the_checkout_comes_first_and_once(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "mine")
    extend_search_path(tmp_path)
    assert job_prefix().endswith(f"export PYTHONPATH={tmp_path}:mine; ")
    monkeypatch.setenv("PYTHONPATH", "")
    extend_search_path(tmp_path)
    extend_search_path(tmp_path)
    assert job_prefix().count(str(tmp_path)) == 1


def test_a_job_in_an_emptied_environment_has_the_path_again(tmp_path, monkeypatch):
    place = tmp_path / "a {strange} 'place'"
    monkeypatch.setenv("PYTHONPATH", "")
    extend_search_path(place)
    command = job_prefix().format() + 'printf %s "$PYTHONPATH"'
    bare = {"PATH": "/usr/bin:/bin"}
    assert subprocess.check_output(["bash", "-c", command], env=bare, text=True) == str(place)


def test_a_command_that_fails_in_a_pipe_still_fails(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    extend_search_path(Path("src"))
    assert subprocess.run(["bash", "-c", job_prefix() + "false | true"]).returncode != 0
