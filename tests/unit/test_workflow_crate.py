"""What a crate holds and names, before any file is looked at."""

import zipfile
from pathlib import Path

import pytest
import yaml
from rocrate.rocrate import ROCrate

from repatlas.config.laptop import laptop
from repatlas.config.load import load_study
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.crate.archive import write_archive
from repatlas.workflow.crate.captions import caption
from repatlas.workflow.crate.contents import crate_contents

ROOT = Path(__file__).parents[2]


def test_every_figure_has_its_caption_and_what_it_was_made_from():
    contents = crate_contents(Atlas(ROOT, laptop()))
    assert len(contents.figures) > 60
    for figure in contents.figures:
        assert len(figure.caption) > 50, figure.name
        assert "{" not in figure.caption, figure.name
        assert "\n" not in figure.caption, figure.name
        assert [Path(file).suffix for file in figure.files] == [".png", ".svg", ".pdf", ".csv"]


def test_each_file_is_held_or_named_once():
    contents = crate_contents(Atlas(ROOT, laptop()))
    assert len(set(contents.files)) == len(contents.files)
    assert all(Path(path).is_relative_to("results/laptop") for path in contents.files)
    assert {"results/laptop/data/photos.h5"} <= set(contents.data)
    assert len(contents.weights) == len(Atlas(ROOT, laptop()).runs.runs)


def test_files_of_the_user_are_named_and_folders_are_not(tmp_path):
    (tmp_path / "birds.tar").write_bytes(b"archive")
    (tmp_path / "fish").mkdir()
    (tmp_path / "mine.safetensors").write_bytes(b"weights")
    overlay = yaml.safe_load((ROOT / "workflow" / "studies" / "smoke.yaml").read_text())
    overlay["data"] |= {
        "birds": {"source": "tree", "root": str(tmp_path / "birds.tar")},
        "fish": {"source": "tree", "root": str(tmp_path / "fish")},
    }
    overlay["networks"] = {"mine": {"weights": str(tmp_path / "mine.safetensors")}}
    overlay["networks"] |= laptop().model_dump(mode="json", by_alias=True)["networks"]
    study = load_study(ROOT / "config.yaml", overlay)
    assert crate_contents(Atlas(ROOT, study)).given == {
        "data.birds.root": tmp_path / "birds.tar",
        "networks.mine.weights": tmp_path / "mine.safetensors",
    }


def test_a_caption_is_plain_text(tmp_path):
    (tmp_path / "a.rst").write_text('Of ``{{ snakemake.config.get("study") }}``:\nas *drawn*.')
    assert caption(tmp_path / "a.rst", {"study": "tiny"}) == "Of tiny: as *drawn*."


def test_bytes_of_an_archive_depend_on_its_content_alone(tmp_path, monkeypatch):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "a.png").write_bytes(bytes(1000))
    crate = ROCrate(version="1.1")
    crate.root_dataset["datePublished"] = "2000-01-01"
    for name in ("empty.csv", "a.png"):
        crate.add_file(tmp_path / name, f"figures/{name}")
    write_archive(crate, tmp_path / "first.zip")
    monkeypatch.setattr("time.time", lambda: 4e9)
    write_archive(crate, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        assert archive.namelist()[0] == "ro-crate-metadata.json"
        assert archive.read("figures/a.png") == bytes(1000)
        assert archive.read("figures/empty.csv") == b""


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        write_archive(ROCrate(version="1.1"), tmp_path / "crate.zip")
    assert list(tmp_path.iterdir()) == []
