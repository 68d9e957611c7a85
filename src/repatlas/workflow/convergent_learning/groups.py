"""Groups of networks whose units are related to each other."""

from repatlas.config.convergent_learning import ConvergentLearningSpec
from repatlas.runs import RunTable
from repatlas.training.spec import INITIAL, RunSpec, epoch_name

SEEDS, WIDTHS = "seeds", "widths"
"""All seeds of a network; some seeds of it and some of a wider one."""

OF_EACH_WIDTH = 2
"""Seeds of either network in the group of two widths."""

UNTRAINED, FINAL = epoch_name(INITIAL), "final"
"""Checkpoints that are looked at in any case."""


def unit_groups(
    table: RunTable, spec: ConvergentLearningSpec | None
) -> dict[str, tuple[RunSpec, ...]]:
    """Networks by group, in the order in which files about the group have them."""
    if spec is None:
        return {}
    seeds = table.of_cell(spec.cell)
    groups = {SEEDS: tuple(seeds)}
    if spec.wider is not None:
        wider = table.of_cell(spec.wider)
        groups[WIDTHS] = (*seeds[:OF_EACH_WIDTH], *wider[:OF_EACH_WIDTH])
    return groups
