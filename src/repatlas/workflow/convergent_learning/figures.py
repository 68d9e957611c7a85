"""Plans of the figures of both papers on convergent learning."""

from collections.abc import Iterator

from repatlas.workflow.convergent_learning.drafts import Drafts
from repatlas.workflow.convergent_learning.groups import WIDTHS
from repatlas.workflow.figure_plan import FigurePlan


def figure_plans(drafts: Drafts) -> Iterator[FigurePlan]:
    """Every figure that the study can draw."""
    yield from _matches(drafts)
    yield from _activity(drafts)
    yield from _predictions(drafts)
    yield from _clusters(drafts)
    yield from _alignments(drafts)


def _matches(drafts: Drafts) -> Iterator[FigurePlan]:
    """One to one: "Convergent Learning", section 3."""
    gathered, matching = drafts.found("units"), drafts.found("matching")
    yield drafts.plan(
        "convergent1_correlation",
        "Fig 1",
        "correlations of units within and between seeds",
        "correlations",
        gathered=gathered,
        matching=matching,
    )
    yield drafts.plan(
        "convergent2_pairs",
        "Fig 2, S1",
        "best and worst pairs of units",
        "pairs",
        gathered=gathered,
        matching=matching,
        data=drafts.data,
    )
    yield drafts.plan(
        "convergent3_matches",
        "Fig 3, S2, S3",
        "correlation of every unit with its match",
        "matches",
        matching=matching,
        untrained=drafts.untrained("matching"),
    )
    if drafts.spec.units.information_layers:
        yield drafts.plan(
            "convergentS4_information",
            "Fig S4",
            "best and worst pairs by mutual information",
            "information",
            gathered=gathered,
            matching=matching,
            data=drafts.data,
        )


def _activity(drafts: Drafts) -> Iterator[FigurePlan]:
    """Mean activations: "Convergent Learning", supplement S.4."""
    gathered = drafts.found("units")
    yield drafts.plan(
        "convergentS11_activity",
        "Fig S11",
        "most and least active units of every seed",
        "activity",
        gathered=gathered,
        data=drafts.data,
    )
    yield drafts.plan(
        "convergentS12_spectra",
        "Fig S12",
        "sorted mean activations of every seed",
        "spectra",
        gathered=gathered,
    )


def _predictions(drafts: Drafts) -> Iterator[FigurePlan]:
    """One to few: "Convergent Learning", section 4."""
    maps = drafts.found("sparse_maps")
    yield drafts.plan(
        "convergent4_mapping",
        "Fig 4",
        "units predicted from a few units of another seed",
        "mapping",
        gathered=drafts.found("units"),
        maps=maps,
        data=drafts.data,
    )
    yield drafts.plan(
        "convergentT1_prediction",
        "Table 1, Fig S5 to S8",
        "prediction error against sparsity",
        "prediction",
        maps=maps,
    )


def _clusters(drafts: Drafts) -> Iterator[FigurePlan]:
    """Many to many: "Convergent Learning", supplement S.3."""
    yield drafts.plan(
        "convergentS9_clusters",
        "Fig S9, S10",
        "clusters of the units of two seeds together",
        "clusters",
        gathered=drafts.found("units"),
        clusters=drafts.found("clusters"),
        data=drafts.data,
    )


def _alignments(drafts: Drafts) -> Iterator[FigurePlan]:
    """Families of maps: "Bridging Critical Gaps in Convergent Learning", and beyond both papers."""
    alignments, untrained = drafts.found("alignments"), drafts.untrained("alignments")
    yield drafts.plan(
        "bridging1_families",
        "Bridging Critical Gaps",
        "families of maps between seeds, layer by layer",
        "families",
        alignments=alignments,
        untrained=untrained,
        widths=drafts.found("alignments", group=WIDTHS) if drafts.has_widths else [],
    )
    if drafts.spec.checkpoints:
        yield drafts.plan(
            "bridging2_training",
            "Bridging Critical Gaps",
            "maps between seeds over training",
            "training",
            alignments=[*drafts.over_training().values(), *alignments],
        )
    if drafts.spec.shifts:
        yield drafts.plan(
            "bridging3_shift",
            "Bridging Critical Gaps",
            "maps between seeds on shifted images",
            "shift",
            alignments=[*alignments, *drafts.shifted().values()],
        )
    yield drafts.plan(
        "bridging4_basis",
        "Bridging Critical Gaps",
        "units as they are against a rotated basis",
        "basis",
        alignments=alignments,
        untrained=untrained,
    )
    yield drafts.plan(
        "units_measures",
        "beyond",
        "other measures between seeds, with their nulls",
        "measures",
        alignments=alignments,
        untrained=untrained,
        examples=drafts.found("example_measures"),
    )
