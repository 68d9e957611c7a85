"""A clock that is set back, and a config that is edited in the middle of a run."""

import copy
import os
import random
import time
from pathlib import Path
from typing import Any

from fault_campaigns.study import (
    Checkout,
    clone,
    differences,
    results,
    start,
    without_analyses,
)
from fault_campaigns.tally import Tally

DAY = 86400.0


def clock_campaign(folder: Path, finished: Checkout, trials: int, seed: int) -> Tally:
    """Finish a study whose files are of tomorrow, all or half of them; then run it once more."""
    tally = Tally("clock set back by a day in the middle of the run")
    rng = random.Random(seed)
    reference = results(finished)
    for number in range(trials):
        checkout = without_analyses(clone(finished, folder / "clock"))
        for path in sorted(checkout.folder.rglob("*")):
            if not path.is_symlink() and (number % 2 == 0 or rng.random() < 0.5):
                later = time.time() + DAY
                os.utime(path, (later, later))
        done = checkout.reproduce()
        again = checkout.reproduce()
        tally.trials += 1
        found = differences(reference, checkout)
        if done.returncode or "Nothing to be done" not in again.stdout:
            found.insert(0, f"{done.returncode}, again: {again.stdout[-500:]}")
        tally.end(found)
    return tally


def config_campaign(folder: Path, finished: Checkout, study: dict[str, Any]) -> Tally:
    """Edit the study while it runs: this run ends as begun, and the next one takes the edit."""
    tally = Tally("config edited in the middle of the run")
    reference = results(finished)
    edits: tuple[tuple[str, dict[str, Any]], ...] = (
        ("extract", {"probes": {"test": study["probes"]["test"] | {"components": 2}}}),
        ("train", {"training": {"standard": study["training"]["standard"] | {"epochs": 4}}}),
    )
    for rule, edit in edits:
        checkout = without_analyses(clone(finished, folder / "edited"))
        with (checkout.folder.parent / "edited.log").open("wb") as log:
            process = start(checkout, log)
            while not list((checkout.folder / "results/tiny/similarity").rglob("*.h5")):
                if process.poll() is not None:
                    break
            checkout.write_study(copy.deepcopy(study) | edit)
            status = process.wait()
        tally.trials += 1
        found = differences(reference, checkout)
        if status or rule not in checkout.planned():
            found.insert(0, f"status {status}, planned next: {checkout.planned()}")
        tally.end(found)
    return tally
