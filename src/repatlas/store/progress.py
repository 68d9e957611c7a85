"""Progress of an extraction: lines on standard error, which becomes the log of the job."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field


def say(line: str) -> None:
    """Write a line to standard error at once."""
    print(line, file=sys.stderr, flush=True)


@dataclass
class Progress:
    """How far a loop is, told every few seconds with the time left.

    Parameters
    ----------
    total
        Steps of the loop.
    what
        What they are, in the plural.
    interval
        Least seconds between two lines.
    clock
        Seconds of any steady clock.
    """

    total: int
    what: str
    interval: float = 5.0
    clock: Callable[[], float] = time.monotonic
    _begin: float = field(init=False)
    _told: float = field(init=False)

    def __post_init__(self) -> None:
        self._begin = self._told = self.clock()

    def tell(self, done: int) -> None:
        """Tell that ``done`` steps, 1 or more, are behind us, if it is time for a line."""
        now = self.clock()
        if now - self._told >= self.interval:
            self._told = now
            left = (now - self._begin) / done * (self.total - done)
            say(f"{done} of {self.total} {self.what}, about {left:.0f} s left")
