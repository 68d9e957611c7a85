"""What became of the trials of a fault, and the table of all."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Trials of one fault.

    Attributes
    ----------
    fault
        In words.
    trials
        How often the fault was made.
    identical
        Trials after which the same command ended with the results of an undisturbed run.
    refused
        Trials that were refused in one line.
    losses
        What was lost, differed, or was not told in one line; one text a trial.
    skipped
        Why the fault could not be made here; empty if it could.
    """

    fault: str
    trials: int = 0
    identical: int = 0
    refused: int = 0
    losses: list[str] = field(default_factory=list)
    skipped: str = ""

    def end(self, differences: Sequence[str], trials: int = 1) -> None:
        """Count trials that have ended together: identical if there are no differences."""
        if differences:
            self.losses += [f"{len(differences)} files: {', '.join(differences[:3])}"] * trials
        else:
            self.identical += trials


def table(tallies: Sequence[Tally]) -> str:
    """Markdown table of the tallies."""
    lines = [
        "| fault | trials | refused in one line | same results in the end | lost or differing |",
        "|---|---|---|---|---|",
    ]
    for tally in tallies:
        if tally.skipped:
            lines.append(f"| {tally.fault} | {tally.skipped} | | | |")
        else:
            refused = tally.refused or "-"
            lines.append(
                f"| {tally.fault} | {tally.trials} | {refused} | {tally.identical} "
                f"| {len(tally.losses)} |"
            )
    return "\n".join(lines)
