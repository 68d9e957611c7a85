"""The RO-Crate of the tiny study, which has been run for real."""

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from crate_validation import faults
from rocrate.rocrate import ROCrate

CRATE = "results/tiny/ro-crate.zip"
PICTURE = "figures/block_structure/fig3_projections.png"


def graph(path: Path) -> dict[str, dict]:
    """Entities of a crate by their ids."""
    with zipfile.ZipFile(path) as archive:
        found = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
    assert len({entity["@id"] for entity in found}) == len(found)
    return {entity["@id"]: entity for entity in found}


def identifiers(value: list[dict] | dict) -> list[str]:
    """Ids of the entities to which a property refers."""
    return [one["@id"] for one in (value if isinstance(value, list) else [value])]


def export(checkout, output: str) -> subprocess.CompletedProcess[str]:
    (config,) = (checkout.folder / "results/tiny/config").glob("*.json")
    return subprocess.run(
        ["python", "scripts/export_crate.py", "--config", config, "--output", output],
        cwd=checkout.folder,
        env=checkout.environment(),
        capture_output=True,
        text=True,
    )


def test_it_is_a_valid_workflow_run_crate(finished, tmp_path, monkeypatch):
    assert faults(finished.folder / CRATE, tmp_path, monkeypatch) == []


def drop_the_run(entities: dict[str, dict]) -> None:
    del entities["#run"]


def drop_the_workflow(entities: dict[str, dict]) -> None:
    del entities["./"]["mainEntity"]


def name_a_file_that_is_not_there(entities: dict[str, dict]) -> None:
    entities["claims.json"]["@id"] = "other.json"


@pytest.mark.parametrize("spoil", [drop_the_run, drop_the_workflow, name_a_file_that_is_not_there])
def test_the_validator_would_find_faults(finished, tmp_path, monkeypatch, spoil):
    with zipfile.ZipFile(finished.folder / CRATE) as archive:
        archive.extractall(tmp_path / "crate")
    metadata = tmp_path / "crate" / "ro-crate-metadata.json"
    content = json.loads(metadata.read_text())
    entities = {entity["@id"]: entity for entity in content["@graph"]}
    spoil(entities)
    metadata.write_text(json.dumps(content | {"@graph": list(entities.values())}))
    assert faults(tmp_path / "crate", tmp_path, monkeypatch)


def test_the_library_reads_it_back(finished):
    crate = ROCrate(finished.folder / CRATE)
    assert crate.name == "Representation Atlas, study tiny"
    assert crate.mainEntity.id == "Snakefile"
    assert crate.mainEntity["programmingLanguage"]["name"] == "Snakemake"
    (action,) = crate.get_by_type("CreateAction")
    assert action["instrument"] is crate.mainEntity


def test_every_checksum_is_that_of_the_file(finished):
    results = finished.folder / "results/tiny"
    entities = graph(finished.folder / CRATE)
    files = {name: item for name, item in entities.items() if "sha256" in item}
    with zipfile.ZipFile(finished.folder / CRATE) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert set(packed) - set(files) == {"ro-crate-metadata.json", "README.md"}
    for name, entity in files.items():
        content = (results / name[1:]).read_bytes() if name[0] == "#" else packed[name]
        assert entity["sha256"] == hashlib.sha256(content).hexdigest(), name
        assert entity["contentSize"] == str(len(content)), name


def test_it_holds_all_that_is_shown_and_names_what_that_was_made_from(finished):
    entities = graph(finished.folder / CRATE)
    shown = {name for name in finished.files() if name.startswith("figures/")}
    shown |= {"claims.json", "claims.html", "study/config.yaml", "study/versions.txt"}
    run = entities["#run"]
    made = set(identifiers(run["result"]))
    assert shown - {"study/config.yaml"} <= made
    assert shown | {"envs/run.lock", "workflow/rules/train.smk"} <= set(entities)
    assert set(identifiers(run["object"])) == {"study/config.yaml", "#data/photos.h5"}
    assert "fingerprint" in entities["#data/photos.h5"]["identifier"]
    weights = [name for name in made if name.endswith("model.safetensors")]
    assert len(weights) == 4
    read = identifiers(entities[PICTURE]["isBasedOn"])
    assert {name.split("/")[0] for name in read} == {"#data", "#similarity", "#stores"}
    assert "A large network, one column a seed" in entities[PICTURE]["description"]
    assert "study tiny" in entities[PICTURE]["description"]


def test_it_says_which_code_and_packages_ran(finished):
    entities = graph(finished.folder / CRATE)
    (frozen,) = (finished.folder / "results/tiny/config").glob("*.json")
    assert entities["study/config.yaml"]["identifier"] == frozen.stem
    assert "commit" in entities["Snakefile"]["version"]
    software = identifiers(entities["Snakefile"]["softwareRequirements"])
    assert {"#software/python", "#software/torch", "#software/snakemake"} <= set(software)
    assert all(entities[name]["softwareVersion"] for name in software)


def test_the_same_results_give_the_same_bytes_and_a_changed_figure_its_own_checksum(finished_copy):
    assert export(finished_copy, "first.zip").returncode == 0
    assert export(finished_copy, "second.zip").returncode == 0
    first, second = (finished_copy.folder / f"{name}.zip" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()
    picture = finished_copy.folder / "results/tiny" / PICTURE
    picture.write_bytes(picture.read_bytes() + b"touched up")
    assert export(finished_copy, "third.zip").returncode == 0
    before, after = graph(first), graph(finished_copy.folder / "third.zip")
    changed = {name for name in before if before[name].get("sha256") != after[name].get("sha256")}
    assert changed == {PICTURE}
    assert after[PICTURE]["sha256"] == hashlib.sha256(picture.read_bytes()).hexdigest()


def test_an_unfinished_study_is_told_in_one_line(finished_copy):
    picture = finished_copy.folder / "results/tiny" / PICTURE
    picture.unlink()
    done = export(finished_copy, "crate.zip")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: study tiny is not finished: ")
    assert PICTURE in done.stderr
    assert not (finished_copy.folder / "crate.zip").exists()
