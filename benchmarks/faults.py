"""Faults made on purpose, and what becomes of the results.

    python benchmarks/faults.py [--kills 50] [--trials 60] [--seed 1] [--only kills,damage]

Runs a tiny study in copies of this checkout with faults, and then the same command without.
Prints a table: how often a fault was refused in one line, how often the results were in the end
those of an undisturbed run, byte for byte but for times and logs, and how often not. Ends with
status 1 if anything was lost. An estimated half an hour on two free
cores.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from fault_campaigns.changes import clock_campaign, config_campaign
from fault_campaigns.damage import damage_campaign, mended_campaign
from fault_campaigns.disk import full_disk_campaign, read_only_campaign
from fault_campaigns.kills import kill_campaign, timed_run
from fault_campaigns.study import Checkout, clone, fresh, small_study
from fault_campaigns.tally import Tally, table
from fault_campaigns.together import together_campaign

EPOCHS = 60
"""Of the networks under attack: trainings are to be hit too."""

CAMPAIGNS = ("kills", "disk", "damage", "together", "clock", "config")


def main() -> None:
    """Run the campaigns that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--trials", type=int, default=60, help="of damage; a tenth for others")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(CAMPAIGNS), help=f"of {', '.join(CAMPAIGNS)}")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder if absent")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        tallies = run_campaigns(given, (given.folder or Path(temporary)).resolve())
    print(table(tallies))
    losses = [f"{tally.fault}: {loss}" for tally in tallies for loss in tally.losses]
    sys.exit("\n".join(losses) or 0)


def run_campaigns(given: argparse.Namespace, folder: Path) -> list[Tally]:
    """Make an undisturbed run, then the faults."""
    study = small_study(EPOCHS)
    begin = fresh(folder / "fresh", study)
    end = clone(begin, folder / "finished")
    seconds = timed_run(end)
    print(f"an undisturbed run takes {seconds:.0f} s", flush=True)
    few, seed = max(4, given.trials // 10), given.seed
    campaigns: dict[str, Callable[[], list[Tally]]] = {
        "kills": lambda: kill_campaign(folder, begin, end, seconds, given.kills, seed),
        "disk": lambda: disk_campaigns(folder, begin, end, few // 2, seed),
        "damage": lambda: [
            *damage_campaign(folder, end, given.trials, seed),
            mended_campaign(folder, end, seed),
        ],
        "together": lambda: [together_campaign(folder, end, few, seed)],
        "clock": lambda: [clock_campaign(folder, end, few // 2, seed)],
        "config": lambda: [config_campaign(folder, end, study)],
    }
    asked = given.only.split(",")
    tallies: list[Tally] = []
    for name in CAMPAIGNS:
        if name in asked:
            made = campaigns[name]()
            # At once: the whole takes long.
            print(table(made), flush=True)
            tallies += made
    return tallies


def disk_campaigns(
    folder: Path, begin: Checkout, end: Checkout, trials: int, seed: int
) -> list[Tally]:
    """Disks that are full, and disks that cannot be written to."""
    return [
        full_disk_campaign(folder, begin, end, trials, seed),
        read_only_campaign(folder, end),
    ]


if __name__ == "__main__":
    main()
