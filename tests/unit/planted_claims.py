"""Studies with planted representations, written as files: what a claim finds in them is known."""

from pathlib import Path

from planted_experiments import write_probes, write_records
from planted_stores import compared, dataset, write_planted

from repatlas.claims.evidence import CellFiles, EvidenceFiles, NetworkFiles
from repatlas.data.dataset import write_dataset
from repatlas.similarity.files import compare_stores


def evidence(folder: Path, roles, colors="shared"):
    """Write the files of a study; equal cells of two roles are written once."""
    data = folder / f"{colors}.h5"
    write_dataset(dataset(colors), data)
    cells = {}
    for number, cell in enumerate(dict.fromkeys(map(str, roles.values()))):
        planted = next(value for value in roles.values() if str(value) == cell)
        cells[cell] = write_cell(folder / str(number), planted, data)
    return EvidenceFiles(roles={role: cells[str(cell)] for role, cell in roles.items()})


def write_cell(folder, planted, data):
    """Stores, similarities within and the one between of a cell, and its experiments."""
    stores = [
        write_planted(folder / f"{number}.h5", planted, key)
        for number, key in enumerate(planted.kinds)
    ]
    networks = []
    for store, key in zip(stores, planted.kinds, strict=True):
        files = {"similarity": compared(store), "store": store}
        if planted.experiments is not None:
            files["records"] = write_records(store, planted.experiments)
            if planted.probes:
                files["probes"] = write_probes(folder, planted, key)
        networks.append(NetworkFiles(**files))
    between = None
    if len(stores) > 1:
        between = folder / "between.h5"
        # Another order than that of the networks: who is who must be read, not assumed.
        compare_stores(stores[::-1], "between", between)
    return CellFiles(label=planted.label, networks=tuple(networks), between=between, data=data)
