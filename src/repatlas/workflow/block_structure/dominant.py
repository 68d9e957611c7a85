"""Plans of the figures about dominant images and about measures other than linear CKA."""

from collections.abc import Iterator, Sequence

from repatlas.config.block_structure import Removal
from repatlas.figures.layouts.measures import KernelsLayout, MeasuresLayout, MeasuresRow
from repatlas.figures.layouts.modes import ModesLayout
from repatlas.figures.layouts.norms import NormsLayout
from repatlas.figures.layouts.outliers import OutliersLayout
from repatlas.figures.layouts.removal import RemovalLayout, ShownProbe
from repatlas.figures.layouts.statistics import StatisticsLayout
from repatlas.training.spec import RunSpec
from repatlas.workflow.block_structure.drafts import Drafts
from repatlas.workflow.block_structure.evidence import MEASURED_WITHOUT
from repatlas.workflow.block_structure.networks import SEEDS_SHOWN
from repatlas.workflow.figure_plan import FigurePlan

REMOVALS: dict[Removal, str] = {
    "dominant_1": "dominant 1 % removed",
    "dominant_10": "dominant 10 % removed",
    "random_10": "random 10 % removed",
    "matched_10": "norm-matched 10 % removed",
}
"""Probe sets of Fig 4 without some images, from left to right."""

SEEDS_OF_REMOVAL = 3
"""As many as in the paper's Fig 4."""


def dominant_plans(drafts: Drafts) -> Iterator[FigurePlan]:
    """Every figure about dominant images that the study can draw."""
    large, made = drafts.networks.large, drafts.spec.experiments
    if not large:
        return
    yield _norms(drafts, "fig5_norms", "Fig 5", large)
    if further := drafts.networks.further_large:
        yield _norms(drafts, "fig5_norms_further", "Fig 5, lower row", further)
    yield _modes(drafts)
    yield _statistics(drafts)
    if drafts.spec.removal:
        yield _removal(drafts)
    if "measures" in made:
        yield _measures(drafts)
        if any(key in drafts.spec.removal for key in MEASURED_WITHOUT):
            yield _kernels(drafts)
    if "outliers" in made:
        yield _outliers(drafts)


def _norms(drafts: Drafts, name: str, number: str, seeds: Sequence[RunSpec]) -> FigurePlan:
    runs = seeds[:SEEDS_SHOWN]
    return drafts.plan(
        name,
        number,
        f"norms of dominant images, {runs[0].data}",
        "norms",
        NormsLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit),
        similarity=drafts.within(runs),
        stores=drafts.stores(runs),
        data=[drafts.data(runs[0])],
    )


def _modes(drafts: Drafts) -> FigurePlan:
    networks, probe = drafts.networks, drafts.spec.trajectory
    runs = [*networks.large, *networks.small]
    followed = networks.followed[:SEEDS_SHOWN]
    layout = ModesLayout(
        cells=drafts.places(runs),
        trajectories=drafts.places(followed),
        least_train_accuracy=drafts.fit,
    )
    return drafts.plan(
        "beyond_modes",
        "beyond",
        "how few images carry the component, and whether they are the same",
        "modes",
        layout,
        similarity=drafts.within(runs),
        stores=drafts.stores(runs),
        trajectory=[drafts.paths.trajectory(run, probe) for run in followed if probe],
    )


def _statistics(drafts: Drafts) -> FigurePlan:
    networks = drafts.networks
    runs = [*networks.large, *networks.small]
    layout = StatisticsLayout(
        cells=drafts.places(runs),
        scatters=drafts.places(networks.large[:3]),
        least_train_accuracy=drafts.fit,
    )
    return drafts.plan(
        "beyond_statistics",
        "beyond",
        "projections and simple image statistics",
        "statistics",
        layout,
        similarity=drafts.within(runs),
        stores=drafts.stores(runs),
        data=[drafts.data(runs[0])],
    )


def _removal(drafts: Drafts) -> FigurePlan:
    spec, runs = drafts.spec, drafts.networks.large[:SEEDS_OF_REMOVAL]
    shown = [(key, title) for key, title in REMOVALS.items() if key in spec.removal]
    probes = [spec.probe, *(spec.removal[key] for key, _ in shown)]
    whole = ShownProbe(title="nothing removed", probe=drafts.probe_spec(spec.probe))
    without = [
        ShownProbe(
            title=title,
            probe=drafts.probe_spec(spec.removal[key]),
            control=not key.startswith("dominant"),
        )
        for key, title in shown
    ]
    return drafts.plan(
        "fig4_removal",
        "Fig 4",
        "CKA without dominant images, with controls",
        "removal",
        RemovalLayout(
            cells=drafts.places(runs), probes=(whole, *without), least_train_accuracy=drafts.fit
        ),
        similarity=[path for probe in probes for path in drafts.within(runs, probe)],
        stores=[path for probe in probes for path in drafts.stores(runs, probe)],
        data=[drafts.data(runs[0])],
    )


def _measures(drafts: Drafts) -> FigurePlan:
    networks = drafts.networks
    runs = [seeds[0] for seeds in (networks.large, networks.small) if seeds]
    layout = MeasuresLayout(
        rows=tuple(MeasuresRow(title=run.label, cell=drafts.place(run)) for run in runs),
        least_train_accuracy=drafts.fit,
    )
    shows, files = "blocks by other measures", drafts.measures(runs)
    return drafts.plan("beyond_measures", "beyond", shows, "measures", layout, measures=files)


def _kernels(drafts: Drafts) -> FigurePlan:
    spec, run = drafts.spec, drafts.networks.large[0]
    titles = {"dominant_10": "without dominant 10 %", "random_10": "without random 10 %"}
    probes = {spec.probe: "whole probe set"} | {
        spec.removal[key]: title for key, title in titles.items() if key in spec.removal
    }
    layout = KernelsLayout(
        rows=tuple(
            MeasuresRow(
                title=title,
                cell=drafts.place(run, probe=probe),
                control=title == titles["random_10"],
            )
            for probe, title in probes.items()
        ),
        least_train_accuracy=drafts.fit,
    )
    files = [path for probe in probes for path in drafts.measures([run], probe)]
    shows = "blocks by other kernels, before and after removal"
    return drafts.plan("figJ_kernels", "App. J", shows, "kernels", layout, measures=files)


def _outliers(drafts: Drafts) -> FigurePlan:
    networks = drafts.networks
    runs: list[RunSpec] = [*networks.large[:SEEDS_SHOWN], *networks.small[:1]]
    layout = OutliersLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit)
    files = [drafts.paths.outliers(run, drafts.spec.probe) for run in runs]
    shows = "CKA when examples are translated"
    return drafts.plan("beyond_outliers", "beyond", shows, "outliers", layout, outliers=files)
