"""Trainings that stop in the middle: by an exception, or killed in a process of their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from repatlas.training.epoch import Trainer
from repatlas.training.spec import RunSpec


class Stop(BaseException):
    """Stands for a kill: nothing in the code handles it."""


def stop_before(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Let the training stop before a step's backward pass."""
    backward = Trainer._backward

    def stopping(self: Trainer, loss: torch.Tensor) -> None:
        if self.step == step:
            raise Stop
        backward(self, loss)

    monkeypatch.setattr(Trainer, "_backward", stopping)


IMPORTING = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
"""Environment in which another process finds what this one does."""

KILLED = """
import os, signal, sys
from pathlib import Path
from training_cases import train_in
from repatlas.training.epoch import Trainer
from repatlas.training.spec import parse_run

folder, run, moment, count = Path(sys.argv[1]), parse_run(sys.argv[2]), sys.argv[3], sys.argv[4]
left = int(count)

def wait_if(hit):
    global left
    left -= hit
    if hit and left == 0:
        print("now", file=sys.stderr, flush=True)
        signal.pause()

def waiting_replace(source, target, replace=os.replace):
    wait_if(Path(target).name == moment)
    replace(source, target)

def waiting_backward(self, loss, backward=Trainer._backward):
    wait_if(moment == "step")
    backward(self, loss)

os.replace, Trainer._backward = waiting_replace, waiting_backward
train_in(folder, run)
"""


def kill_training(folder: Path, run: RunSpec, moment: str, count: int) -> None:
    """Train in another process and kill it at the ``count``-th occurrence of a moment.

    Moments are ``step``, in the middle of one, and names of files: written, but not yet renamed.
    """
    command = [sys.executable, "-c", KILLED, str(folder), run.as_json(), moment, str(count)]
    with subprocess.Popen(command, env=IMPORTING, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = list(iter(process.stderr.readline, "now\n"))
        assert "" not in told, told
        process.kill()
    assert process.returncode == -signal.SIGKILL
