"""Thousands of studies with faults: each is planned whole, or refused in lines that say where.

    python benchmarks/fuzz_config.py [--examples 2000] [--seed 0] [--dry-runs 30] [--refusals 30]

Half of the mutants are changed values, as Snakemake hands them over; the other half are changed
texts, as a file has them. Some that can be planned are dry-run by Snakemake, and the commands of
their jobs taken apart as a shell does; some that are refused are given to `scripts/reproduce.py`
and to `snakemake --configfile`. Exit status 1 where anything else happens to one of them.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "tests" / name) for name in ("unit", "workflow")]

from conftest import Checkout, make_checkout  # noqa: E402
from dry_runs import as_yaml, check_dry_run, give_weights, refusals  # noqa: E402
from study_mutants import mutated_text, mutated_values  # noqa: E402
from whole_plan import fault_lines, files_missing, plan_whole  # noqa: E402

from repatlas.config.load import load_study  # noqa: E402
from repatlas.config.yaml_file import read_yaml  # noqa: E402
from repatlas.errors import InputError  # noqa: E402

SECONDS, MEGABYTES = 10, 1000
"""What a study may take to be planned or refused: of the processor, and of memory."""

PLANNED, REFUSED = "planned", "refused"


class TooLongError(Exception):
    """A study that takes longer than it may."""


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raise where the block takes more of the processor than so many seconds."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError(f"more than {seconds} s")

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def judge(read: Callable[[], dict[str, Any]]) -> str:
    """What becomes of one study: planned, refused, or a fault of ours."""
    before = psutil.Process().memory_info().rss
    try:
        with limited(SECONDS):
            study = load_study(ROOT / "config.yaml", read())
            plan_whole(study)
            files_missing(study)
        found = PLANNED
    except InputError as error:
        found = REFUSED if fault_lines(str(error)) else "message of more than lines with a place"
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/repatlas/" in frame.filename] or frames
        found = f"{type(error).__name__} in {Path(ours[-1].filename).name}, {ours[-1].name}"
    grown = (psutil.Process().memory_info().rss - before) / 1e6
    return found if grown < MEGABYTES else f"{grown:.0f} MB more of memory"


@dataclass
class Campaign:
    """What became of the mutants."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    slowest: float = 0.0
    planned: list[dict[str, Any]] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)

    def add(self, kind: str, read: Callable[[], dict[str, Any]]) -> str:
        """Judge one mutant."""
        start = time.process_time()
        found = judge(read)
        self.slowest = max(self.slowest, time.process_time() - start)
        self.counts[kind, found] += 1
        if found not in (PLANNED, REFUSED):
            print(f"{kind}: {found}", file=sys.stderr, flush=True)
        return found

    def run(self, examples: int, number: int) -> None:
        """Make and judge mutants of either kind."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "study.yaml")

            def value(mutant: dict[str, Any]) -> None:
                found = self.add("values", lambda: mutant)
                if found == PLANNED:
                    self.planned.append(mutant)
                elif found == REFUSED:
                    # Some have no text: numbers of 5000 digits, a thousand lists in each other.
                    with suppress(yaml.YAMLError, ValueError, RecursionError):
                        self.refused.append(as_yaml(mutant))

            def text(mutant: bytes) -> None:
                path.write_bytes(mutant)
                if self.add("text", lambda: read_yaml(path)) == REFUSED:
                    self.refused.append(mutant)

            each(mutated_values(), value, examples // 2, number)
            each(mutated_text(), text, examples // 2, number)

    def print(self) -> None:
        """Print the table."""
        for (kind, found), count in sorted(self.counts.items()):
            print(f"{kind:<8} {found:<60} {count:>6}")
        print(f"slowest  {self.slowest:.1f} s of one processor")


def each(
    mutants: SearchStrategy[Any], see: Callable[[Any], None], examples: int, number: int
) -> None:
    """Show so many mutants, the same for the same seed."""
    made = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    seed(number)(made(given(mutants)(see)))()


def dry_run(checkout: Checkout, mutant: dict[str, Any]) -> str:
    """What Snakemake makes of a study that can be planned."""
    if not give_weights(checkout, mutant):
        return "not made: it names a file that cannot be"
    try:
        check_dry_run(checkout, mutant)
    except AssertionError as error:
        print(f"dry run: {' '.join(str(error).split())[-400:]}", file=sys.stderr, flush=True)
        return "otherwise than planned"
    return "as planned"


def refuse(checkout: Checkout, mutant: bytes) -> list[str]:
    """How either way to run it tells the fault of a study."""
    try:
        printed = refusals(checkout, mutant)
    except AssertionError as error:
        print(f"refusal: {error}"[:600], file=sys.stderr, flush=True)
        return ["not refused"]
    ours = {way: text.startswith("error: ") for way, text in printed.items()}
    told = {
        way: "one line a fault"
        if ours[way] and fault_lines(text.removeprefix("error: ").rstrip("\n"))
        else "a traceback"
        if "Traceback" in text
        else "Snakemake's words"
        for way, text in printed.items()
    }
    return [f"{way}: {how}" for way, how in told.items()]


def sample(mutants: list[Any], count: int, number: int) -> list[Any]:
    """So many of them, the same for the same seed."""
    return random.Random(number).sample(mutants, min(count, len(mutants)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry-runs", type=int, default=30)
    parser.add_argument("--refusals", type=int, default=30)
    chosen = parser.parse_args()
    campaign = Campaign()
    campaign.run(chosen.examples, chosen.seed)
    campaign.print()
    small = [mutant for mutant in campaign.planned if mutant.get("scale") != "paper"]
    met: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        checkout = make_checkout(Path(folder, "checkout"))
        for mutant in sample(small, chosen.dry_runs, chosen.seed):
            met[f"dry run {dry_run(checkout, mutant)}"] += 1
        for text in sample(campaign.refused, chosen.refusals, chosen.seed):
            met.update(f"refused by {how}" for how in refuse(checkout, text))
    for found, count in sorted(met.items()):
        print(f"{found:<69} {count:>6}")
    bad = {found for _, found in campaign.counts} - {PLANNED, REFUSED}
    allowed = ("as planned", "one line a fault", "cannot be", "words", "snakemake: a traceback")
    sys.exit(bool(bad) or any(not found.endswith(allowed) for found in met))


if __name__ == "__main__":
    main()
