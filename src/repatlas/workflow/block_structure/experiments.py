"""Plans of the figures about training over time, interventions on images, and experiments."""

from collections.abc import Iterator, Sequence

from repatlas.config.block_structure import Intervention
from repatlas.figures.layouts.ablation import AblationLayout
from repatlas.figures.layouts.colors import ColorsLayout
from repatlas.figures.layouts.deletion import DeletionLayout
from repatlas.figures.layouts.dynamics import DynamicsLayout
from repatlas.figures.layouts.linear_probes import LinearProbesLayout
from repatlas.figures.layouts.orders import OrdersLayout
from repatlas.figures.layouts.retraining import RetrainingCondition, RetrainingLayout
from repatlas.figures.layouts.steps import StepsLayout
from repatlas.figures.layouts.synthetic import SyntheticLayout
from repatlas.figures.layouts.tracking import TrackingLayout
from repatlas.training.spec import RunSpec
from repatlas.workflow.block_structure.drafts import Drafts
from repatlas.workflow.block_structure.networks import SEEDS_SHOWN
from repatlas.workflow.figure_plan import FigurePlan

RETRAINED: dict[Intervention, str] = {
    "removed": "dominant removed",
    "recolored": "dominant recoloured",
    "random_removed": "random removed",
}
"""Causal tests, from top to bottom."""


def experiment_plans(drafts: Drafts) -> Iterator[FigurePlan]:
    """Every figure of experiments that the study can draw."""
    if not drafts.networks.large:
        return
    yield from _training(drafts)
    if any(key in drafts.spec.interventions for key in RETRAINED):
        yield from _retraining(drafts)
    if len(drafts.networks.crossed) > 1:
        yield _orders(drafts)
    made = drafts.spec.experiments
    if "synthetic" in made:
        yield _synthetic(drafts, "fig6_synthetic", "Fig 6", drafts.networks.studied_large)
        if further := drafts.networks.studied_further:
            yield _synthetic(drafts, "figE_synthetic", "App. E", further)
        yield _colors(drafts)
    if "linear_probes" in made:
        yield _linear_probes(drafts)
    if "deletion" in made:
        yield _deletion(drafts)
    if "ablation" in made:
        yield _ablation(drafts)


def _training(drafts: Drafts) -> Iterator[FigurePlan]:
    probe, large = drafts.spec.trajectory, drafts.networks.followed
    if probe is None:
        return
    names = (("fig8_dynamics", "Fig 8"), ("figF3_dynamics", "Fig F.1 to F.3, F.5"))
    for (name, number), run in zip(names, large, strict=False):
        yield _dynamics(drafts, name, number, run, probe)
    shown = large[:SEEDS_SHOWN]
    tracks = [drafts.paths.trajectory(run, probe) for run in shown]
    cells, fit = drafts.places(shown), drafts.fit
    yield drafts.plan(
        "figF4_tracking",
        "Fig F.4, F.6",
        "dominant images over training",
        "tracking",
        TrackingLayout(cells=cells, least_train_accuracy=fit),
        trajectory=tracks,
        data=[drafts.data(large[0])],
    )
    if large[0].training_spec.checkpoints.steps:
        yield drafts.plan(
            "figF7_steps",
            "Fig F.7",
            "share of the first component in the first steps",
            "steps",
            StepsLayout(cells=cells, least_train_accuracy=fit),
            trajectory=tracks,
        )


def _dynamics(drafts: Drafts, name: str, number: str, run: RunSpec, probe: str) -> FigurePlan:
    others = [other for other in drafts.networks.followed if other is not run]
    layout = DynamicsLayout(
        cell=drafts.place(run), others=drafts.places(others), least_train_accuracy=drafts.fit
    )
    return drafts.plan(
        name,
        number,
        f"CKA over training, seed {run.seed}",
        "dynamics",
        layout,
        trajectory=[drafts.paths.trajectory(one, probe) for one in (run, *others)],
        data=[drafts.data(run)],
    )


def _retraining(drafts: Drafts) -> Iterator[FigurePlan]:
    rows = _retrained(drafts)
    runs = [run for seeds in rows.values() for run in seeds]
    if not runs:
        return
    yield drafts.plan(
        "beyond_retraining",
        "beyond",
        "networks retrained without their dominant images",
        "retraining",
        RetrainingLayout(
            conditions=tuple(
                RetrainingCondition(title=title, cells=drafts.places(seeds))
                for title, seeds in rows.items()
            ),
            least_train_accuracy=drafts.fit,
        ),
        similarity=drafts.within(runs),
        stores=drafts.stores(runs),
        data=[drafts.data(runs[0])],
    )


def _retrained(drafts: Drafts) -> dict[str, list[RunSpec]]:
    """Networks by condition, the standard ones first: the first seeds that all conditions have."""
    networks = drafts.networks
    cells = networks.cells()
    rows = {"standard": networks.large} | {
        title: networks.table.of_cell(cells[key])
        for key, title in RETRAINED.items()
        if key in cells
    }
    by_seed = {title: {run.seed: run for run in runs} for title, runs in rows.items()}
    common = set.intersection(*(set(seeds) for seeds in by_seed.values()))
    shown = sorted(common)[:SEEDS_SHOWN]
    return {title: [seeds[seed] for seed in shown] for title, seeds in by_seed.items()}


def _orders(drafts: Drafts) -> FigurePlan:
    runs = drafts.networks.crossed
    return drafts.plan(
        "beyond_orders",
        "beyond",
        "initialisation against data order",
        "orders",
        OrdersLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit),
        similarity=[*drafts.within(runs), *drafts.between(runs)],
        stores=drafts.stores(runs),
    )


def _synthetic(drafts: Drafts, name: str, number: str, seeds: Sequence[RunSpec]) -> FigurePlan:
    runs = seeds[:SEEDS_SHOWN]
    layout = SyntheticLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit)
    shows = f"norms of solid colours and dominant images, {runs[0].data}"
    files = drafts.experiments("synthetic", runs)
    return drafts.plan(name, number, shows, "synthetic", layout, synthetic=files)


def _colors(drafts: Drafts) -> FigurePlan:
    runs = drafts.networks.studied_large[:3]
    layout = ColorsLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit)
    shows = "colours to which each seed answers"
    files = drafts.experiments("synthetic", runs)
    return drafts.plan("beyond_colors", "beyond", shows, "colors", layout, synthetic=files)


def _contrasted(drafts: Drafts) -> list[RunSpec]:
    networks = drafts.networks
    return [*networks.studied_large[:SEEDS_SHOWN], *networks.small[:SEEDS_SHOWN]]


def _linear_probes(drafts: Drafts) -> FigurePlan:
    runs = _contrasted(drafts)
    layout = LinearProbesLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit)
    return drafts.plan(
        "wide4_linear_probes",
        "Wide and deep, Fig 4",
        "accuracy of linear probes",
        "linear_probes",
        layout,
        similarity=drafts.within(runs),
        linear_probes=drafts.experiments("linear_probes", runs),
    )


def _deletion(drafts: Drafts) -> FigurePlan:
    runs = _contrasted(drafts)
    layout = DeletionLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit)
    return drafts.plan(
        "wide5_deletion",
        "Wide and deep, Fig 5",
        "accuracy after residual blocks are deleted",
        "deletion",
        layout,
        similarity=drafts.within(runs),
        deletion=drafts.experiments("deletion", runs),
    )


def _ablation(drafts: Drafts) -> FigurePlan:
    runs = drafts.networks.studied
    layout = AblationLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit)
    return drafts.plan(
        "beyond_ablation",
        "beyond",
        "accuracy on dominant images, and without the first component",
        "ablation",
        layout,
        similarity=drafts.within(runs),
        stores=drafts.stores(runs),
        ablation=drafts.experiments("ablation", runs),
    )
