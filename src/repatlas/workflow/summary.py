"""The last lines of a run: where to look."""

import json
from collections import Counter
from pathlib import Path

MAIN_FIGURES = (
    "fig1a_emergence",
    "fig3_projections",
    "fig4_removal",
    "fig8_dynamics",
    "fig9_interventions",
    "convergent3_matches",
    "bridging1_families",
)


def summary_lines(results: Path) -> list[str]:
    """Name the report, count the verdicts and name the main pictures of a study."""
    verdicts = Counter(
        claim["verdict"] for claim in json.loads((results / "claims.json").read_text())
    )
    counted = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    pictures = [
        path
        for name in MAIN_FIGURES
        for path in sorted((results / "figures").glob(f"*/{name}.png"))
    ]
    return [
        f"report:   {results / 'report.html'}",
        f"claims:   {results / 'claims.html'} ({counted})",
        f"crate:    {results / 'ro-crate.zip'}",
        *(f"picture:  {path}" for path in pictures),
    ]
