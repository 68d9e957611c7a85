"""Plans of the figures that show CKA maps of networks, seeds and conditions."""

from collections.abc import Iterator, Sequence

from repatlas.config.block_structure import Distribution, Intervention
from repatlas.figures.layouts.accuracy import (
    AccuracyCondition,
    AccuracyGroup,
    AccuracyLayout,
)
from repatlas.figures.layouts.triangle import TriangleCondition, TriangleLayout
from repatlas.figures.spec import (
    Cell,
    EmergenceLayout,
    EmergenceRow,
    Measure,
    SeedsLayout,
    SeedsRow,
)
from repatlas.training.spec import RunSpec
from repatlas.workflow.block_structure.drafts import Drafts
from repatlas.workflow.figure_plan import FigurePlan

CONDITIONS: dict[Intervention, str] = {
    "penalty": "PC regularisation",
    "shake_shake": "Shake-Shake",
    "transfer": "transfer",
    "transfer_first_stage": "transfer, first stage",
    "color": "colour augmentation",
    "small_batch": "small batches",
}
"""Interventions in training, in the order in which figures show them."""

FIG9: tuple[Intervention, ...] = ("penalty", "shake_shake", "transfer", "transfer_first_stage")

DISTRIBUTIONS: dict[Distribution, str] = {
    "corrupted": "corrupted",
    "related": "related data",
    "unrelated": "unrelated data",
    "noise": "noise",
}


def map_plans(drafts: Drafts) -> Iterator[FigurePlan]:
    """Every figure of CKA maps that the study can draw."""
    networks, spec = drafts.networks, drafts.spec
    rows = networks.rows(spec.emergence)
    yield _emergence(drafts, "fig1a_emergence", "Fig 1a", "CKA by depth and width", rows)
    if spec.further is not None:
        further = networks.rows(spec.further.emergence)
        shows = "CKA by depth and width, further data"
        yield _emergence(drafts, "fig1b_emergence", "Fig 1b", shows, further)
    if networks.pairs():
        yield _seeds(drafts)
    yield from _conditions(drafts)
    if networks.studied and spec.distributions:
        yield _distributions(drafts)
    shows = "the whole grid without first components"
    yield _emergence(
        drafts, "wideD6_components", "Wide and deep, Fig D.6", shows, rows, "cka_without_component"
    )


def _emergence(
    drafts: Drafts,
    name: str,
    number: str,
    shows: str,
    rows: dict[str, list[RunSpec]],
    measure: Measure = "cka_minibatch",
) -> FigurePlan:
    titled = {
        title.replace("_", " "): [drafts.place(run) for run in runs] for title, runs in rows.items()
    }
    runs = [run for row in rows.values() for run in row]
    return _grid(drafts, name, number, shows, titled, drafts.within(runs), measure)


def _grid(
    drafts: Drafts,
    name: str,
    number: str,
    shows: str,
    rows: dict[str, list[Cell]],
    similarity: Sequence[str],
    measure: Measure = "cka_minibatch",
) -> FigurePlan:
    layout = EmergenceLayout(
        rows=tuple(EmergenceRow(title=title, cells=tuple(cells)) for title, cells in rows.items()),
        least_train_accuracy=drafts.fit,
        measure=measure,
    )
    return drafts.plan(name, number, shows, "emergence", layout, similarity=similarity)


def _seeds(drafts: Drafts) -> FigurePlan:
    pairs = drafts.networks.pairs()
    layout = SeedsLayout(
        rows=tuple(
            SeedsRow(first=drafts.place(one), second=drafts.place(two)) for one, two in pairs
        ),
        least_train_accuracy=drafts.fit,
    )
    files = drafts.within([run for pair in pairs for run in pair])
    files += drafts.between([pair[0] for pair in pairs])
    shows = "CKA within and across seeds"
    return drafts.plan("fig2b_seeds", "Fig 2b", shows, "seeds", layout, similarity=files)


def _conditions(drafts: Drafts) -> Iterator[FigurePlan]:
    """Networks trained in other ways beside their counterparts."""
    given = drafts.spec.interventions
    shown: tuple[tuple[str, str, str, tuple[Intervention, ...]], ...] = (
        ("fig7_color", "Fig 7", "CKA with colour augmentation", ("color",)),
        ("fig9_interventions", "Fig 9", "CKA under interventions", FIG9),
        ("figH1_batch", "Fig H.1", "CKA with small batches", ("small_batch",)),
    )
    for name, number, shows, keys in shown:
        present = [key for key in keys if key in given]
        if present:
            yield _beside_standard(drafts, name, number, shows, present)
    if "plain" in given:
        yield _plain(drafts)
    trained: list[Intervention] = [key for key in CONDITIONS if key in given]
    if trained:
        yield from _triangle(drafts, trained)
        yield _accuracy(drafts, trained)


def _beside_standard(
    drafts: Drafts, name: str, number: str, shows: str, keys: Sequence[Intervention]
) -> FigurePlan:
    changed = {key: drafts.networks.intervention(key) for key in keys}
    found = [drafts.networks.counterpart(run) for runs in changed.values() for run in runs]
    standard = list({id(run): run for run in found if run is not None}.values())
    rows = {"standard": standard} | _as_long(drafts, keys)
    rows |= {CONDITIONS[key]: runs for key, runs in changed.items()}
    cells = {title: [_titled(drafts, run) for run in runs] for title, runs in rows.items() if runs}
    files = drafts.within([run for runs in rows.values() for run in runs])
    return _grid(drafts, name, number, shows, cells, files)


def _as_long(drafts: Drafts, keys: Sequence[Intervention]) -> dict[str, list[RunSpec]]:
    """Networks trained as long as those with colour augmentation, if longer than the others."""
    control = drafts.networks.cells().get("color_control") if "color" in keys else None
    runs = [] if control is None else drafts.networks.table.of_cell(control)
    others = [run for run in runs if run not in drafts.networks.large]
    return {"standard, as long": others} if others else {}


def _titled(drafts: Drafts, run: RunSpec) -> Cell:
    """A network whose row says how it was trained."""
    return drafts.place(run, name=f"{size_name(run)}, seed {run.seed}")


def size_name(run: RunSpec) -> str:
    """Depth and width as the papers write them, for any network of that size."""
    return f"RN-{run.depth} {run.width}x" if run.depth else run.label


def _plain(drafts: Drafts) -> FigurePlan:
    networks = drafts.networks
    runs = networks.intervention("plain")
    rows = {"without residual connections": [drafts.place(run) for run in runs]}
    number, shows = "Wide and deep, Fig C.1", "CKA without residual connections"
    return _grid(drafts, "wideC1_plain", number, shows, rows, drafts.within(runs))


def _triangle(drafts: Drafts, keys: Sequence[Intervention]) -> Iterator[FigurePlan]:
    """Conditions with several seeds; a study without any has no such figure."""
    cells = drafts.networks.cells()
    conditions = {"standard": drafts.networks.large} | {
        CONDITIONS[key]: drafts.networks.table.of_cell(cells[key]) for key in keys
    }
    several = {title: runs[:3] for title, runs in conditions.items() if len(runs) > 1}
    if not several:
        return
    layout = TriangleLayout(
        conditions=tuple(
            TriangleCondition(title=title, cells=drafts.places(runs))
            for title, runs in several.items()
        ),
        least_train_accuracy=drafts.fit,
    )
    files = drafts.within([run for runs in several.values() for run in runs])
    files += drafts.between([runs[0] for runs in several.values()])
    shows = "CKA within and across seeds under interventions"
    yield drafts.plan("figI1_triangle", "Fig I.1, I.2", shows, "triangle", layout, similarity=files)


def _accuracy(drafts: Drafts, keys: Sequence[Intervention]) -> FigurePlan:
    groups = _accuracy_groups(drafts, keys)
    layout = AccuracyLayout(
        groups=tuple(
            AccuracyGroup(
                title=title,
                conditions=tuple(
                    AccuracyCondition(title=name, cells=drafts.places(runs))
                    for name, runs in conditions.items()
                ),
            )
            for title, conditions in groups.items()
        ),
        least_train_accuracy=drafts.fit,
    )
    runs = [run for group in groups.values() for seeds in group.values() for run in seeds]
    shows, files = "test accuracy under interventions, all seeds", drafts.within(runs)
    return drafts.plan("tableG1_accuracy", "Table G.1", shows, "accuracy", layout, similarity=files)


def _accuracy_groups(
    drafts: Drafts, keys: Sequence[Intervention]
) -> dict[str, dict[str, list[RunSpec]]]:
    """Seeds by condition, by network: those that are trained in another way, and as usual."""
    networks, groups = drafts.networks, dict[str, dict[str, list[RunSpec]]]()
    for key in keys:
        for grid in drafts.spec.interventions[key]:
            for run in networks.table.of_grid(grid):
                group = groups.setdefault(f"{size_name(run)}, {run.data}", {"standard": []})
                group["standard"] = networks.standard_seeds(run)
                group.setdefault(CONDITIONS[key], []).append(run)
    return {
        title: {name: runs for name, runs in group.items() if runs}
        for title, group in groups.items()
    }


def _distributions(drafts: Drafts) -> FigurePlan:
    networks, spec = drafts.networks, drafts.spec
    shown = [seeds[0] for seeds in (networks.small, networks.large) if seeds]
    probes = {"own data": spec.probe} | {
        DISTRIBUTIONS[key]: spec.distributions[key]
        for key in DISTRIBUTIONS
        if key in spec.distributions
    }
    rows = {
        run.label: [drafts.place(run, title, probe) for title, probe in probes.items()]
        for run in shown
    }
    files = [path for probe in probes.values() for path in drafts.within(shown, probe)]
    shows = "CKA on other images"
    return _grid(drafts, "figB1_distributions", "Fig B.1", shows, rows, files)
