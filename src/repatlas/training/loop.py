"""A whole training: epochs, checkpoints, history, and going on after a kill."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from repatlas.networks.model import Model, save_weights
from repatlas.training.checkpoints import CheckpointFolder, weights_metadata
from repatlas.training.divergence import BadLossError, TrainingDivergedError
from repatlas.training.epoch import Trainer
from repatlas.training.evaluate import evaluate
from repatlas.training.examples import Examples
from repatlas.training.history import HistoryRow
from repatlas.training.precision import PrecisionChoice, choose_precision
from repatlas.training.progress import Progress, say
from repatlas.training.scores import EpochSummary
from repatlas.training.spec import (
    INITIAL,
    RunSpec,
    TrainingSpec,
    checkpoint_names,
    epoch_name,
    step_name,
)
from repatlas.training.state import StateHeader, read_header, restore_state, write_state

SAVE_INTERVAL = 10.0
"""Seconds of training that a kill may cost, besides the epoch in which it falls."""

LAST_GOOD = "last_good"
NOTHING_TRAINED = PrecisionChoice("float32", "nothing is trained")


@dataclass
class Training:
    """A run on its way from its first weights to its last.

    Parameters
    ----------
    run
        What is trained.
    model
        At its initialisation, on the device; changed in place.
    train, test
        The data, on the device.
    classes
        Number of classes.
    identity
        What a state must bear to be gone on from: it stands for run and data.
    scratch
        Folder for checkpoints and the state; the caller removes it when all is done.
    layers
        Number of layers of the network, for metadata.
    progress
        Where each epoch is told.
    save_interval
        Least seconds between two states, but for the last epoch's.

    Attributes
    ----------
    rows
        The history so far; the last row is that of the network as it stands.
    precision
        The arithmetic, once it is chosen.
    checkpoints
        Those written so far, in scratch.
    """

    run: RunSpec
    model: Model
    train: Examples
    test: Examples
    classes: int
    identity: str
    scratch: Path
    layers: int
    progress: Progress
    save_interval: float = SAVE_INTERVAL
    rows: list[HistoryRow] = field(default_factory=list)
    precision: PrecisionChoice = NOTHING_TRAINED

    def __post_init__(self) -> None:
        self.checkpoints = CheckpointFolder(
            self.scratch / "checkpoints", self.run, self.layers, self.classes
        )

    @property
    def spec(self) -> TrainingSpec:
        """The recipe."""
        return self.run.training_spec

    def complete(self) -> None:
        """Train to the last epoch, from the state in scratch if there is one.

        The global generators of PyTorch are left as they were.

        Raises
        ------
        TrainingDivergedError
            A loss that is not finite or stays hopelessly high. The last good weights stay in
            scratch.
        OSError
            No space, no permission; the state in scratch is as it was.
        """
        device = self.train.labels.device
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            state = self._usable_state()
            if state is None:
                self._begin()
            else:
                self.precision = state.precision
                self.rows = list(state.rows)
            if self.spec.epochs:
                self._go_on(resumed=state is not None)

    def _begin(self) -> None:
        if self.spec.epochs:
            self.precision = choose_precision(
                self.spec.precision, self.model, self.train, self.spec.batch_size
            )
            say(f"{self.precision.arithmetic} ({self.precision.reason})")
        row = self._measured(INITIAL, 0, None, time.monotonic())
        self.checkpoints.write(epoch_name(INITIAL), self.model, row)
        self.rows = [row]
        self.progress.tell(row)

    def _go_on(self, resumed: bool) -> None:
        done = self.rows[-1]
        trainer = Trainer(
            self.model, self.spec, self.train, self.run.order, self.precision.arithmetic, done.step
        )
        if resumed:
            restore_state(self.scratch, self.model, trainer.optimiser, trainer.regulariser)
        saved = time.monotonic()
        for epoch in range(done.epoch + 1, self.spec.epochs + 1):
            with self._telling_divergence(trainer, epoch):
                row = self._epoch(trainer, epoch)
            self.rows.append(row)
            if epoch == self.spec.epochs or time.monotonic() - saved >= self.save_interval:
                header = StateHeader(self.identity, self.precision, self.rows)
                write_state(
                    self.scratch, header, self.model, trainer.optimiser, trainer.regulariser
                )
                saved = time.monotonic()
            self.progress.tell(row)

    def _epoch(self, trainer: Trainer, epoch: int) -> HistoryRow:
        began = time.monotonic()
        summary = trainer.run_epoch(epoch, self.classes, lambda: self._after_step(trainer))
        step = trainer.step
        if epoch in self.spec.checkpoints.epochs:
            row = self._measured(epoch, step, summary, began)
            self.checkpoints.write(epoch_name(epoch), self.model, row)
            return row
        if epoch == self.spec.epochs:
            return self._measured(epoch, step, summary, began)
        test = evaluate(self.model, self.test) if epoch % self.spec.test_every == 0 else None
        return HistoryRow(epoch, step, summary, None, test, time.monotonic() - began)

    def _after_step(self, trainer: Trainer) -> None:
        step = trainer.step
        if step in self.spec.checkpoints.steps:
            # Not evaluated: so early in training, two passes over all images would cost more than
            # the steps between two checkpoints.
            row = HistoryRow(step // trainer.steps_per_epoch, step)
            self.checkpoints.write(step_name(step), self.model, row)

    def _measured(
        self, epoch: int, step: int, summary: EpochSummary | None, began: float
    ) -> HistoryRow:
        train, test = evaluate(self.model, self.train), evaluate(self.model, self.test)
        return HistoryRow(epoch, step, summary, train, test, time.monotonic() - began)

    def _usable_state(self) -> StateHeader | None:
        state = read_header(self.scratch)
        if state is None:
            return None
        if state.identity != self.identity:
            say(f"{self.scratch}: the state there is of another run or other data: not used")
            return None
        last = state.rows[-1]
        if self.checkpoints.missing(_names_until(self.spec, last)):
            say(
                f"{self.scratch}: checkpoints of the interrupted training are gone or "
                "damaged: starting anew"
            )
            return None
        say(f"going on after epoch {last.epoch} of an interrupted training")
        return state

    @contextmanager
    def _telling_divergence(self, trainer: Trainer, epoch: int) -> Iterator[None]:
        """Turn a bad loss into one line, and leave the last good weights in scratch."""
        first = trainer.step
        try:
            yield
        except BadLossError as bad:
            step = first + bad.step
            path, good = self._keep_last_good()
            raise TrainingDivergedError(
                f"{self.run.title}: training diverged in epoch {epoch}, step {step + 1}: loss "
                f"{bad.loss:.4g} at learning rate {trainer.rate(step):.4g}; the last good weights, "
                f"after epoch {good}, are {path}; try a lower learning_rate, more warmup_epochs "
                "or standardise: true"
            ) from bad

    def _keep_last_good(self) -> tuple[Path, int]:
        state = read_header(self.scratch)
        if state is None or state.identity != self.identity:
            return self.checkpoints.path(epoch_name(INITIAL)), INITIAL
        restore_state(self.scratch, self.model)
        path, row = self.scratch / f"{LAST_GOOD}.safetensors", state.rows[-1]
        metadata = weights_metadata(self.run, LAST_GOOD, row, self.layers, self.classes)
        save_weights(self.model, path, metadata)
        return path, row.epoch


def _names_until(spec: TrainingSpec, row: HistoryRow) -> list[str]:
    """Checkpoints that a training has written by the end of an epoch."""
    due = {epoch_name(epoch) for epoch in (INITIAL, *spec.checkpoints.epochs) if epoch <= row.epoch}
    due |= {step_name(step) for step in spec.checkpoints.steps if step <= row.step}
    return [name for name in checkpoint_names(spec) if name in due]
