"""Plans of the figures about first components and the images that carry them."""

from collections.abc import Iterator, Sequence

from repatlas.figures.spec import (
    ComponentsLayout,
    LayerChoice,
    ProjectionsLayout,
    ShareLayout,
    SharesLayout,
)
from repatlas.runs import cell_key
from repatlas.training.spec import RunSpec
from repatlas.workflow.block_structure.drafts import Drafts
from repatlas.workflow.block_structure.networks import SEEDS_SHOWN
from repatlas.workflow.figure_plan import FigurePlan

IN_BLOCK = LayerChoice(block_quantiles=(1 / 3, 2 / 3))
THROUGHOUT = LayerChoice(depth_fractions=(1 / 4, 2 / 4, 3 / 4, 1))


def component_plans(drafts: Drafts) -> Iterator[FigurePlan]:
    """Every figure about components that the study can draw."""
    networks = drafts.networks
    yield _share(drafts)
    yield _components(drafts)
    yield _shares(drafts)
    shown = (
        ("fig3_projections", "Fig 3", networks.large, IN_BLOCK),
        ("figD1_projections", "Fig D.1", networks.small, THROUGHOUT),
        ("figD2_projections", "Fig D.2 to D.4", networks.further_large, IN_BLOCK),
    )
    for name, number, runs, layers in shown:
        if runs:
            yield _projections(drafts, name, number, runs[:SEEDS_SHOWN], layers)


def _share(drafts: Drafts) -> FigurePlan:
    runs = drafts.networks.contrast()
    layout = ShareLayout(cells=drafts.places(runs), layers="relu", least_train_accuracy=drafts.fit)
    shows = "share of the first component"
    files = drafts.within(runs)
    return drafts.plan("fig2a_share", "Fig 2a", shows, "share", layout, similarity=files)


def _components(drafts: Drafts) -> FigurePlan:
    runs = drafts.networks.contrast()[::-1]
    layout = ComponentsLayout(
        cells=drafts.places(runs), layers="relu", least_train_accuracy=drafts.fit
    )
    shows = "CKA, first component, CKA without it"
    files = drafts.within(runs)
    return drafts.plan("figC1_components", "Fig C.1", shows, "components", layout, similarity=files)


def _shares(drafts: Drafts) -> FigurePlan:
    networks = drafts.networks
    rows = networks.rows(drafts.spec.emergence).values()
    cells = dict.fromkeys(cell_key(run) for row in rows for run in row)
    runs = [run for key in cells for run in networks.table.by_cell[key] if run.order == run.seed]
    layout = SharesLayout(cells=drafts.places(runs), least_train_accuracy=drafts.fit)
    shows = "share of the first component, all seeds"
    files = drafts.within(runs)
    return drafts.plan("beyond_shares", "beyond", shows, "shares", layout, similarity=files)


def _projections(
    drafts: Drafts, name: str, number: str, runs: Sequence[RunSpec], layers: LayerChoice
) -> FigurePlan:
    layout = ProjectionsLayout(
        cells=drafts.places(runs), layers=layers, least_train_accuracy=drafts.fit
    )
    return drafts.plan(
        name,
        number,
        f"projections on the first component, {runs[0].label}",
        "projections",
        layout,
        similarity=drafts.within(runs),
        stores=drafts.stores(runs),
        data=[drafts.data(runs[0])],
    )
