"""Files of results that are truncated, changed by one bit, or replaced by other files."""

import os
import random
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from fault_campaigns.study import Checkout, clone, differences, results
from fault_campaigns.tally import Tally

DAMAGED = (
    "data/*.h5",
    "models/**/model.safetensors",
    "stores/**/*.h5",
    "similarity/**/*.h5",
)
KINDS = {
    "truncated": "file truncated at a random place",
    "flipped": "one random bit of a file flipped",
    "foreign": "file replaced by one of another kind or network, or by text",
}
WRITTEN = re.compile(r" --(?:output|model|config) ")


@dataclass(frozen=True)
class Reading:
    """A job's command and one file that it reads."""

    command: str
    file: str


def damage_campaign(folder: Path, finished: Checkout, trials: int, seed: int) -> list[Tally]:
    """Run jobs by hand on damaged inputs: each must end in one line and leave its output alone.

    Where a job ends well, it has not read the damage: then all results must be as they were.
    """
    rng = random.Random(seed)
    checkout = clone(finished, folder / "damaged")
    reference = results(checkout)
    readings = _readings(checkout)
    tallies = [Tally(words) for words in KINDS.values()]
    for number in range(trials):
        kind, tally = list(KINDS)[number % len(KINDS)], tallies[number % len(KINDS)]
        # Kinds of files in turn: there are far more stores than data sets.
        pattern = DAMAGED[number // len(KINDS) % len(DAMAGED)]
        reading = rng.choice([one for one in readings if _fits(one.file, pattern)])
        path = checkout.folder / reading.file
        whole = path.read_bytes()
        path.write_bytes(_damage(kind, path, whole, checkout, rng))
        done = _run(checkout, reading.command)
        path.write_bytes(whole)
        tally.trials += 1
        lines = done.stderr.splitlines()
        if done.returncode == 1 and lines[-1].startswith("error: ") and path.name in lines[-1]:
            tally.refused += 1
        elif done.returncode:
            tally.losses.append(f"{reading.file}: {done.stderr[-300:]}")
            continue
        tally.end(differences(reference, checkout))
    return tallies


def mended_campaign(folder: Path, finished: Checkout, seed: int) -> Tally:
    """Damage a file of each kind, run the study, delete what it names, run the study again."""
    rng = random.Random(seed)
    tally = Tally("a damaged file of each kind, deleted as the message says")
    for pattern in DAMAGED:
        checkout = clone(finished, folder / "damaged")
        reference = results(checkout)
        reading = rng.choice([one for one in _readings(checkout) if _fits(one.file, pattern)])
        _remove_outputs(checkout, reading.command)
        path = checkout.folder / reading.file
        path.write_bytes(_flip(path.read_bytes(), rng))
        tally.trials += 1
        refused = checkout.reproduce()
        told = f"{reading.file} is damaged" in refused.stdout.replace(f"{checkout.folder}/", "")
        if refused.returncode and told and "Traceback" not in refused.stdout:
            tally.refused += 1
        else:
            tally.losses.append(f"{reading.file}: {refused.stdout[-300:]}")
        path.unlink()
        done = checkout.reproduce()
        found = differences(reference, checkout)
        tally.end([f"status {done.returncode}", *found] if done.returncode else found)
    return tally


def _readings(checkout: Checkout) -> list[Reading]:
    """Every pair of a job and a file that its command line names as read."""
    done = checkout.snakemake("--dry-run", "--forceall", "--printshellcmds", "report")
    commands = re.findall(r"(python scripts/.*?) > \S+ 2>&1", done.stdout)
    files = [
        path.relative_to(checkout.folder).as_posix()
        for pattern in DAMAGED
        for path in sorted((checkout.folder / "results/tiny").glob(pattern))
    ]
    return [
        Reading(command, file)
        for file in files
        for command in commands
        if file in _read_part(command)
    ]


def _fits(file: str, pattern: str) -> bool:
    return file.startswith(f"results/tiny/{pattern.split('/')[0]}/")


def _read_part(command: str) -> str:
    return WRITTEN.split(command)[0]


def _remove_outputs(checkout: Checkout, command: str) -> None:
    target = WRITTEN.split(command)[1].split()[0]
    for path in checkout.folder.glob(f"{target}*"):
        path.unlink()
    (checkout.folder / "results/tiny/report.html").unlink()


def _run(checkout: Checkout, command: str) -> subprocess.CompletedProcess[str]:
    """Run a job's command as Snakemake would, but for its log."""
    (frozen,) = (checkout.folder / "results/tiny/config").glob("*.json")
    return subprocess.run(
        ["bash", "-c", command],
        cwd=checkout.folder,
        env=checkout.environment() | {"REPATLAS_STUDY_CONFIG": str(frozen)},
        capture_output=True,
        text=True,
    )


def _damage(kind: str, path: Path, whole: bytes, checkout: Checkout, rng: random.Random) -> bytes:
    if kind == "truncated":
        return whole[: rng.randrange(len(whole))]
    if kind == "flipped":
        return _flip(whole, rng)
    others = [
        other.read_bytes()
        for other in sorted((checkout.folder / "results/tiny").rglob(f"*{path.suffix}"))
        if other.relative_to(checkout.folder).parts[2] != path.relative_to(checkout.folder).parts[2]
        # Weights tell whose they are, and their readers know whose they want.
        or (path.name == "model.safetensors" and other.read_bytes() != whole)
    ]
    return rng.choice([b"", os.urandom(512), b"a text\n", rng.choice(others)])


def _flip(whole: bytes, rng: random.Random) -> bytes:
    content = bytearray(whole)
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)
