"""Faults made on purpose, and what becomes of the results.

    python benchmarks/faults.py [--kills 50] [--seed 1] [--only kills,damage] [--folder FOLDER]

Runs a tiny study again and again in copies of this checkout, each time with a fault, and then the
same command without one. Prints a table: how often the fault was refused in one line, how often
the results were in the end those of an undisturbed run, and how often anything was lost. Takes
about an hour on two cores.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from fault_campaigns.kills import kill_campaign, timed_run
from fault_campaigns.study import clone, fresh, small_study
from fault_campaigns.tally import table


def main() -> None:
    """Run the campaigns that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder if absent")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        start = fresh(folder / "fresh", small_study(120))
        finished = clone(start, folder / "finished")
        seconds = timed_run(finished)
        print(f"an undisturbed run takes {seconds:.0f} s", flush=True)
        tallies = kill_campaign(folder, start, finished, seconds, given.kills, given.seed)
    print(table(tallies))
    losses = [f"{tally.fault}: {loss}" for tally in tallies for loss in tally.losses]
    sys.exit("\n".join(losses) or 0)


if __name__ == "__main__":
    main()
