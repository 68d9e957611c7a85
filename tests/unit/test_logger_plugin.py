"""The lines that `--logger atlas` prints."""

import io
import logging
from types import SimpleNamespace

import pytest
from rich.console import Console
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_atlas import LogHandler


@pytest.fixture
def handler():
    handler = LogHandler(SimpleNamespace(), None)
    handler.console = Console(file=io.StringIO(), width=200)
    return handler


def send(handler, event, level=logging.INFO, message="", **values) -> str:
    record = logging.LogRecord("snakemake", level, "", 0, message, (), None)
    for key, value in {"event": event, **values}.items():
        setattr(record, key, value)
    before = len(handler.console.file.getvalue())
    handler.emit(record)
    return handler.console.file.getvalue()[before:]


def start(handler, job=1, message="train RN-14"):
    send(handler, LogEvent.RUN_INFO, stats={"train": 2, "total": 2})
    send(handler, LogEvent.JOB_INFO, jobid=job, rule_name="train", rule_msg=message)


def test_a_finished_job_is_one_line_with_its_name_count_and_time_left(handler):
    start(handler)
    line = send(handler, LogEvent.JOB_FINISHED, job_id=1)
    assert line.startswith("[1/2] train RN-14 (")
    assert "left)" in line
    assert line.count("\n") == 1


def test_a_failed_job_gives_the_reason_from_its_log(handler, tmp_path):
    log = tmp_path / "job.log"
    log.write_text("epoch 1\nerror: x.h5: truncated; delete it\n")
    start(handler)
    text = send(handler, LogEvent.JOB_ERROR, logging.ERROR, jobid=1, rule_name="train", log=[log])
    assert text.splitlines()[0] == "failed: train RN-14: x.h5: truncated; delete it"
    assert str(log) in text


def test_a_failed_job_without_an_error_line_gives_its_last_line(handler, tmp_path):
    log = tmp_path / "job.log"
    log.write_text("Traceback\nKeyError: 'x'\n\n")
    start(handler)
    text = send(handler, LogEvent.JOB_ERROR, logging.ERROR, jobid=1, rule_name="train", log=[log])
    assert "KeyError: 'x'" in text.splitlines()[0]


def test_a_killed_job_says_that_it_may_have_been_killed(handler, tmp_path):
    (tmp_path / "job.log").write_text("")
    start(handler)
    logs = [tmp_path / "job.log"]
    text = send(handler, LogEvent.JOB_ERROR, logging.ERROR, jobid=1, rule_name="train", log=logs)
    assert "it was killed, or ended without a word" in text.splitlines()[0]


def test_a_job_that_a_cluster_ended_gives_the_words_of_the_cluster(handler, tmp_path):
    log, slurm = tmp_path / "job.log", tmp_path / "7.log"
    log.write_text("epoch 1\n")
    slurm.write_text(
        "Execute 1 jobs...\nslurmstepd-n1: error: *** JOB 7 CANCELLED ***\nShut down\n"
    )
    start(handler)
    logs = [log, slurm]
    text = send(handler, LogEvent.JOB_ERROR, logging.ERROR, jobid=1, rule_name="train", log=logs)
    assert text.splitlines()[0].endswith("error: *** JOB 7 CANCELLED ***")
    assert str(slurm) in text


def test_the_shell_command_behind_a_failure_is_not_printed(handler):
    told = "CalledProcessError: python scripts/train.py --run ..."
    assert send(handler, LogEvent.ERROR, logging.ERROR, told, exception="RuleException") == ""
    other = send(handler, LogEvent.ERROR, logging.ERROR, "no such rule", exception="WorkflowError")
    assert "no such rule" in other


def test_names_with_brackets_are_printed_as_they_are(handler):
    start(handler, message="draw [bold] x")
    assert "draw [bold] x" in send(handler, LogEvent.JOB_FINISHED, job_id=1)


def test_nothing_to_do_is_told_and_chatter_is_not(handler):
    assert "Nothing to be done" in send(handler, None, message="Nothing to be done (all files)")
    assert send(handler, None, message="Building DAG of jobs...") == ""
