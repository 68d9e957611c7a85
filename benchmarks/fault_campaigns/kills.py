"""SIGKILL at random times: of everything, of Snakemake alone, of one job, of `reproduce` alone."""

import random
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from fault_campaigns.study import (
    Checkout,
    clone,
    differences,
    one_line,
    results,
    start,
)
from fault_campaigns.tally import Tally

KILLS_A_RUN = 10
"""A run is killed so often before it is left to end."""

LONGEST = 3.0
"""Longest time between two kills, in shares of the time of a run by the number of kills: much of
a run's time goes into starting it again."""

KINDS = {
    "all": "SIGKILL of the whole run",
    "snakemake": "SIGKILL of Snakemake, its jobs go on",
    "job": "SIGKILL of one job",
    "reproduce": "SIGKILL of `reproduce.py`, Snakemake goes on",
}


def kill_campaign(
    folder: Path, fresh: Checkout, finished: Checkout, seconds: float, kills: int, seed: int
) -> list[Tally]:
    """Kill runs until there were enough kills; compare each with an undisturbed one in the end.

    Parameters
    ----------
    folder
        Where to work.
    fresh, finished
        Copies without results, and with those of an undisturbed run.
    seconds
        Duration of the undisturbed run.
    kills
        How many.
    seed
        Of the times and kinds.
    """
    rng = random.Random(seed)
    reference = results(finished)
    tallies = {kind: Tally(words) for kind, words in KINDS.items()}
    while left := kills - sum(tally.trials for tally in tallies.values()):
        run = KilledRun(clone(fresh, folder / "killed"), rng, seconds, tallies)
        made = run.disturb(min(KILLS_A_RUN, left))
        done = run.checkout.reproduce()
        found = differences(reference, run.checkout)
        if done.returncode:
            found.insert(0, f"exit status {done.returncode}: {done.stdout[-300:]}")
        for kind in made:
            tallies[kind].end(found)
        told = ", ".join(made)
        print(f"killed: {told}: {found or 'identical'}", flush=True)
    return list(tallies.values())


class KilledRun:
    """A run that is killed a few times."""

    def __init__(
        self,
        checkout: Checkout,
        rng: random.Random,
        seconds: float,
        tallies: dict[str, Tally],
    ) -> None:
        self.checkout = checkout
        self._rng, self._seconds, self._tallies = rng, seconds, tallies
        self._log = checkout.folder.parent / "killed.log"

    def disturb(self, kills: int) -> list[str]:
        """Start the run and kill it, so many times or until it ends; the kinds of the kills."""
        made: list[str] = []
        with self._log.open("ab") as log:
            process = start(self.checkout, log)
            while len(made) < kills:
                with suppress(subprocess.TimeoutExpired):
                    if process.wait(self._rng.uniform(0, LONGEST * self._seconds / kills)) == 0:
                        return made
                    # A job was killed, and all that does not need it has been done.
                    process = start(self.checkout, log)
                    continue
                made.append(self._kill(process))
                if made[-1] != "job":
                    process = start(self.checkout, log)
            process.wait()
        return made

    def _kill(self, process: subprocess.Popen[bytes]) -> str:
        """Kill something; everything where there is no such thing at the moment."""
        kind = self._rng.choice(list(KINDS))
        victims = _victims(process, kind, self._rng)
        if not victims:
            kind, victims = "all", _victims(process, "all", self._rng)
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        self._tallies[kind].trials += 1
        if kind != "job":
            process.wait()
        if kind == "reproduce":
            self._meet_the_living()
        return kind

    def _meet_the_living(self) -> None:
        """Where Snakemake still lives, the next run must be refused; end it as the line says."""
        living = _living_snakemake(self.checkout.folder)
        if living is None:
            return
        second = self.checkout.reproduce()
        if second.returncode == 1 and one_line(second.stdout):
            self._tallies["reproduce"].refused += 1
        elif living.is_running():
            self._tallies["reproduce"].losses.append(f"not refused: {second.stdout[-300:]}")
        with suppress(psutil.NoSuchProcess):
            living.terminate()
            living.wait()


def _victims(
    process: subprocess.Popen[bytes], kind: str, rng: random.Random
) -> list[psutil.Process]:
    """Processes that a kind of kill ends, parents first so that none can start another."""
    try:
        root = psutil.Process(process.pid)
        below = root.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    snakemake = [one for one in below if one.ppid() == root.pid]
    jobs = [one for one in below if one not in snakemake and _named(one, "python")]
    choices: dict[str, Callable[[], list[psutil.Process]]] = {
        "all": lambda: [root, *below],
        "snakemake": lambda: snakemake[:1],
        "job": lambda: [rng.choice(jobs)] if jobs else [],
        "reproduce": lambda: [root],
    }
    return choices[kind]()


def _named(process: psutil.Process, name: str) -> bool:
    try:
        return str(process.name()).startswith(name)
    except psutil.NoSuchProcess:
        return False


def _living_snakemake(folder: Path) -> psutil.Process | None:
    """The Snakemake at work in a folder whose `reproduce` is gone."""
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            told = [Path(part).name for part in process.cmdline()[:3]]
            if "snakemake" in told and Path(process.cwd()) == folder.resolve():
                return process
    return None


def timed_run(checkout: Checkout) -> float:
    """Seconds of an undisturbed run."""
    began = time.perf_counter()
    done = checkout.reproduce()
    if done.returncode:
        raise RuntimeError(f"the undisturbed run failed:\n{done.stdout}")
    return time.perf_counter() - began
