"""The scripts of figures on maps, clusters and alignments: what they write, say and import."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from figure_units import units
from planted_unit_records import (
    UNTRAINED,
    alignments,
    clusters,
    example_measures,
    shifted,
    sparse_maps,
    training,
)

from repatlas.errors import InputError
from repatlas.figures.units.record_inputs import ALIGNMENTS, PROBES, WIDTHS
from repatlas.group_records import write_group_record

ROOT = Path(__file__).parents[2]
CASES = {
    "mapping": {"gathered": "gathered", "maps": "maps", "data": "data"},
    "prediction": {"maps": "maps"},
    "clusters": {"gathered": "gathered", "clusters": "clusters", "data": "data"},
    "families": {"alignments": "trained", "untrained": "initial", "widths": "widths"},
    "training": {"alignments": "checkpoints"},
    "shift": {"alignments": "probes"},
    "basis": {"alignments": "trained", "untrained": "initial"},
    "measures": {"alignments": "trained", "untrained": "initial", "examples": "examples"},
}
"""Files by option and figure."""
HEAVY = {"torch", "torchvision", "sklearn", "seaborn", "skimage", "matplotlib.pyplot"}
NEEDING_SCIPY = {"clusters"}


@functools.cache
def files():
    """Every record in a file; made once for all tests, which only read it."""
    folder = Path(units()["gathered"]).parent / "records"
    folder.mkdir()
    made = {
        "maps": [sparse_maps(units()["gathered"])],
        "clusters": [clusters(units()["gathered"])],
        "trained": [alignments()],
        "initial": [alignments(checkpoint=UNTRAINED, height=0.5)],
        "widths": [alignments(widths=(1, 1, 2))],
        "checkpoints": training(),
        "probes": shifted(),
        "examples": [example_measures()],
    }
    paths = {name: [units()[name]] for name in ("gathered", "data")}
    for name, records in made.items():
        paths[name] = [folder / f"{name}_{number}.h5" for number in range(len(records))]
        for record, path in zip(records, paths[name], strict=True):
            write_group_record(record, path)
    return paths


@pytest.mark.parametrize("kind", CASES)
def test_script_writes_its_figure(kind, tmp_path, monkeypatch):
    script = f"plot_unit_{kind}"
    arguments = ["--layout", '{"count": 2}', "--output", tmp_path / "figure"]
    for option, name in CASES[kind].items():
        arguments += [f"--{option}", *files()[name]]
    monkeypatch.syspath_prepend(ROOT / "scripts")
    monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
    __import__(script).main()
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"figure.{suffix}" for suffix in ("png", "svg", "pdf", "csv")}


def test_figures_import_nothing_heavy():
    kinds = [kind for kind in CASES if kind not in NEEDING_SCIPY]
    modules = ", ".join(f"repatlas.figures.units.{kind}" for kind in kinds)
    code = f"import sys, repatlas.figures.command, {modules}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert not (HEAVY | {"scipy"}) & set(done.stdout.split())


def test_options_take_as_many_files_as_they_say():
    (path,) = files()["trained"]
    with pytest.raises(InputError, match="--alignments takes one file, not 2"):
        ALIGNMENTS.open([path, path])
    assert [record.subjects[0].probe for record in PROBES.open(files()["probes"])] == [
        record.subjects[0].probe for record in shifted()
    ]
    assert WIDTHS.open([]) is None
