"""Progress of a training: lines on standard error, which becomes the log of the job."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from repatlas.training.history import HistoryRow


def say(line: str) -> None:
    """Write a line to standard error at once."""
    print(line, file=sys.stderr, flush=True)


@dataclass
class Progress:
    """One line an epoch, but at most one every few seconds, with the time left.

    Parameters
    ----------
    epochs
        Of the whole training.
    interval
        Least seconds between two lines; the first and the last epoch are always told.
    clock
        Seconds of any steady clock.
    """

    epochs: int
    interval: float = 3.0
    clock: Callable[[], float] = time.monotonic
    _told: float | None = None
    _seconds: list[float] = field(default_factory=list)

    def tell(self, row: HistoryRow) -> None:
        """Write the line of an epoch if it is time for one."""
        if row.epoch:
            self._seconds.append(row.seconds)
        now = self.clock()
        waited = self._told is None or now - self._told >= self.interval
        if waited or row.epoch == self.epochs:
            self._told = now
            say(self._line(row))

    def _line(self, row: HistoryRow) -> str:
        parts = [f"epoch {row.epoch}/{self.epochs}"]
        if row.running is not None:
            parts.append(f"learning rate {row.running.learning_rate:.3g}")
        for name, score in (("running", row.running), ("train", row.train), ("test", row.test)):
            if score is not None:
                parts.append(f"{name} loss {score.loss:.4g} accuracy {score.accuracy:.1%}")
        left = self._left(row)
        return ", ".join(parts if left is None else [*parts, left])

    def _left(self, row: HistoryRow) -> str | None:
        if not self._seconds or row.epoch == self.epochs:
            return None
        mean = sum(self._seconds) / len(self._seconds)
        return f"{_duration(mean * (self.epochs - row.epoch))} left"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"
