"""Two runs in one folder at once."""

import random
import subprocess
from contextlib import suppress
from pathlib import Path

from fault_campaigns.study import (
    Checkout,
    clone,
    differences,
    one_line,
    results,
    start,
    without_analyses,
)
from fault_campaigns.tally import Tally


def together_campaign(folder: Path, finished: Checkout, trials: int, seed: int) -> Tally:
    """Start two runs within a few seconds: one must be refused in one line, one must finish."""
    tally = Tally("two runs started at once in one folder")
    rng = random.Random(seed)
    reference = results(finished)
    for number in range(trials):
        checkout = without_analyses(clone(finished, folder / "together"))
        logs = [checkout.folder.parent / f"together{index}.log" for index in range(2)]
        with logs[0].open("wb") as one, logs[1].open("wb") as two:
            first = start(checkout, one)
            # Every other time at the very same moment.
            with suppress(subprocess.TimeoutExpired):
                first.wait(rng.uniform(0, 6) if number % 2 else 0)
            second = start(checkout, two)
            ends = [first.wait(), second.wait()]
        tally.trials += 1
        told = [log.read_text() for log, end in zip(logs, ends, strict=True) if end]
        if sorted(ends) == [0, 1] and one_line(told[0]):
            tally.refused += 1
        else:
            tally.losses.append(f"{ends}: {' | '.join(text[-500:] for text in told)}")
        tally.end(differences(reference, checkout))
    return tally
