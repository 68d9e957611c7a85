"""The files on which the claims of the block-structure paper are judged."""

from collections.abc import Iterator

from repatlas.claims.evidence import CellFiles, EvidenceFiles, NetworkFiles, ProbeFiles
from repatlas.config.cell import CellSpec
from repatlas.training.spec import RunSpec
from repatlas.workflow.block_structure.drafts import Drafts

ON_NETWORKS = ("synthetic", "ablation", "deletion", "linear_probes")
ONLY_LARGE = ("synthetic",)
"""Experiments that are made on the large network alone."""

MEASURED_WITHOUT = ("dominant_10", "random_10")
"""Probe sets without some images on which other measures are taken too."""


def evidence(drafts: Drafts) -> EvidenceFiles:
    """Every network on which a claim is judged, by the role that it plays."""
    cells = drafts.networks.cells()
    return EvidenceFiles(roles={role: _cell_files(drafts, cell) for role, cell in cells.items()})


def evidence_files(found: EvidenceFiles) -> list[str]:
    """All files that the evidence names, each once."""
    files: dict[str, None] = {}
    for cell in found.roles.values():
        for network in cell.networks:
            files |= dict.fromkeys(_network_files(network))
        files |= {str(file): None for file in (cell.between, cell.data) if file}
    return list(files)


def _network_files(network: NetworkFiles) -> Iterator[str]:
    yield str(network.similarity)
    if network.store is not None:
        yield str(network.store)
    for probe in network.probes.values():
        yield str(probe.similarity)
        yield str(probe.store)
    yield from map(str, network.records.values())


def _cell_files(drafts: Drafts, cell: CellSpec) -> CellFiles:
    seeds = drafts.networks.table.of_cell(cell)
    return CellFiles(
        label=_label(drafts, seeds[0], crossed=cell.grid == drafts.spec.crossed),
        networks=tuple(_one_network(drafts, run) for run in seeds),
        between=drafts.between(seeds[:1])[0] if len(seeds) > 1 else None,
        data=drafts.data(seeds[0]),
    )


def _one_network(drafts: Drafts, run: RunSpec) -> NetworkFiles:
    spec, paths = drafts.spec, drafts.paths
    probes: dict[str, str] = {}
    if run in drafts.networks.large:
        probes |= {str(key): probe for key, probe in spec.removal.items()}
    if run in drafts.networks.studied:
        probes |= {str(key): probe for key, probe in spec.distributions.items()}
    return NetworkFiles(
        similarity=paths.within(run, spec.probe),
        store=paths.store(run, spec.probe),
        probes={
            key: ProbeFiles(similarity=paths.within(run, probe), store=paths.store(run, probe))
            for key, probe in probes.items()
        },
        records=dict(_records(drafts, run)),
    )


def _records(drafts: Drafts, run: RunSpec) -> Iterator[tuple[str, str]]:
    spec, paths, networks = drafts.spec, drafts.paths, drafts.networks
    if "synthetic" in spec.experiments and run in networks.studied_further:
        yield "synthetic", paths.experiment("synthetic", run, spec.probe)
    if run not in networks.studied:
        return
    large = run in networks.large
    for name in spec.experiments:
        if name in ON_NETWORKS and (large or name not in ONLY_LARGE):
            yield name, paths.experiment(name, run, spec.probe)
    if "measures" in spec.experiments:
        yield "measures", paths.measures(run, spec.probe)
        for key in MEASURED_WITHOUT:
            if large and key in spec.removal:
                yield f"measures_{key}", paths.measures(run, spec.removal[key])
    if "outliers" in spec.experiments:
        yield "outliers", paths.outliers(run, spec.probe)
    if run in networks.followed and spec.trajectory is not None:
        yield "trajectory", paths.trajectory(run, spec.trajectory)


def _label(drafts: Drafts, run: RunSpec, *, crossed: bool) -> str:
    """The network's name, with data set and recipe where the study has several."""
    study = drafts.networks.table.study
    data = [run.data] if len(study.data) > 1 else []
    training = [run.training] if len(study.training) > 1 else []
    orders = ["crossed orders"] if crossed else []
    return ", ".join([run.label, *data, *training, *orders])
