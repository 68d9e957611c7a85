"""Options of figures' scripts that name records of maps, clusters and alignments."""

from collections.abc import Sequence
from pathlib import Path

from repatlas.figures.options import Input
from repatlas.figures.units.inputs import group_record
from repatlas.group_records import AnyGroupRecord, read_group_record
from repatlas.units.results import Alignments, Clusters, ExampleMeasures, SparseMaps


def group_records(option: str, kind: type[AnyGroupRecord], help: str) -> Input:
    """Give the option that names several records of one kind, which open in their order."""

    def read(paths: Sequence[Path]) -> list[AnyGroupRecord]:
        return [read_group_record(kind, path) for path in paths]

    return Input(option, help, read)


MAPS = group_record("maps", SparseMaps, "sparse maps between the units of the networks")
CLUSTERS = group_record("clusters", Clusters, "clusters of the units of the networks")
EXAMPLES = group_record("examples", ExampleMeasures, "measures taken on examples")
ALIGNMENTS = group_record("alignments", Alignments, "alignments of the networks")
INITIAL = group_record("untrained", Alignments, "the same of the untrained networks")
WIDTHS = group_record(
    "widths", Alignments, "alignments of networks of several widths", required=False
)
CHECKPOINTS = group_records("alignments", Alignments, "one file a checkpoint, in their order")
PROBES = group_records("alignments", Alignments, "one file a probe set, the unshifted first")
