"""A figure as its rule needs it: script, input files, layout, place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from repatlas.figures.spec import Layout
from repatlas.workflow.jobs import Files, Wildcards

FORMATS = ("png", "svg", "pdf", "csv")
"""What every figure is written as; the csv holds what is drawn."""


@dataclass(frozen=True)
class FigurePlan:
    """One figure of a paper, resolved for a study."""

    number: str
    """As the paper has it, such as ``Fig 1a``."""
    shows: str
    """What it shows, in a few words for the report."""
    script: str
    """Name of the script that draws it."""
    stem: str
    """Its files without their endings."""
    arrangement: Layout
    """The networks in their places."""
    inputs: Mapping[str, list[str]]
    """Input files by option of the script, such as ``similarity``."""

    @property
    def layout(self) -> str:
        """The arrangement as JSON."""
        return self.arrangement.model_dump_json(exclude_none=True)

    @property
    def files(self) -> list[str]:
        """Every file of the figure."""
        return [f"{self.stem}.{ending}" for ending in FORMATS]


def plan_figure(
    stem: str,
    number: str,
    shows: str,
    kind: str,
    layout: Layout,
    inputs: Mapping[str, Sequence[str]],
) -> FigurePlan:
    """Plan of a figure.

    Parameters
    ----------
    stem
        Its files without their endings; the last part of it is its name.
    number
        As the paper has it.
    shows
        A few words for the report.
    kind
        Of the script that draws it: ``scripts/plot_<kind>.py``.
    layout
        What it shows.
    inputs
        Files by option of the script; each file once, options without files are left out.
    """
    return FigurePlan(
        number=number,
        shows=shows,
        script=f"plot_{kind}.py",
        stem=stem,
        arrangement=layout,
        inputs={option: list(dict.fromkeys(files)) for option, files in inputs.items() if files},
    )


def input_options(wildcards: Wildcards, input: Files) -> str:
    """The options of a figure's script for its input files, where Snakemake has them at hand."""
    return " ".join(f"--{name} {' '.join(files)}" for name, files in input.items())


def by_name(plans: Iterable[FigurePlan]) -> dict[str, FigurePlan]:
    """Plans by the names of their figures, in the same order."""
    return {plan.stem.rsplit("/", 1)[-1]: plan for plan in plans}
