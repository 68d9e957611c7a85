import json
import re
from pathlib import Path

import pytest
import yaml
from changed_study import changed, values
from pydantic import BaseModel

from repatlas.config.document import document, schema
from repatlas.config.laptop import DEEP, laptop
from repatlas.config.load import load_study, parse_study
from repatlas.config.messages import allowed_keys
from repatlas.config.study import Study
from repatlas.errors import InputError

ROOT = Path(__file__).parents[2]
STUDIES = sorted((ROOT / "workflow" / "studies").glob("*.yaml"))


def test_committed_config_and_schema_are_the_generated_ones():
    assert (ROOT / "config.yaml").read_text() == document(laptop()), "run `make config`"
    assert (ROOT / "workflow" / "study.schema.json").read_text() == schema(), "run `make config`"


def test_config_yaml_reads_back_as_the_laptop_study():
    assert load_study(ROOT / "config.yaml") == laptop()


def test_every_key_of_config_yaml_is_described():
    text = document(laptop())

    def check(model: BaseModel) -> None:
        for name, field in type(model).model_fields.items():
            assert field.description, f"{type(model).__name__}.{name} has no description"
            start = " ".join(field.description.split()[:3])
            assert start in re.sub(r"\s*\n\s*# ", " ", text), f"{name}: not told in config.yaml"

    study = laptop()
    check(study)
    noise = study.alignment_snr
    ensembles = noise.ensembles.values()
    for section in (*study.data.values(), *study.grids.values(), study.claims, noise, *ensembles):
        check(section)
    check(noise.simulation)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_studies_parse_and_carry_their_file_name(path):
    study = load_study(ROOT / "config.yaml", yaml.safe_load(path.read_text()))
    assert study.study == path.stem
    assert study.scale == path.stem


def test_schema_refuses_what_the_model_refuses():
    assert json.loads(schema())["additionalProperties"] is False


def test_sections_of_an_overlay_replace_whole_sections():
    grids = {"tiny": values()["grids"]["depth"] | {"depths": [8]}}
    paper = {"probe": "test", "emergence": {"deeper": "tiny"}}
    study = load_study(ROOT / "config.yaml", {"grids": grids, "block_structure": paper})
    assert list(study.grids) == ["tiny"]


def test_a_study_with_its_own_grids_has_no_papers_of_the_default_that_it_does_not_name():
    grids = values()["grids"]
    paper = values()["convergent_learning"]
    for given, has in (
        ({}, True),
        ({"grids": grids}, False),
        ({"grids": grids, "convergent_learning": paper}, True),
        ({"convergent_learning": None}, False),
    ):
        study = load_study(ROOT / "config.yaml", given)
        assert (study.convergent_learning is not None) is has, given


def test_papers_that_an_overlay_does_not_name_are_left_out_where_it_brings_data_or_grids():
    data = {name: spec for name, spec in values()["data"].items() if name != "small_digits"}
    assert load_study(ROOT / "config.yaml", {"data": data}).alignment_snr is None
    assert load_study(ROOT / "config.yaml", {"study": "mine"}).alignment_snr is not None
    named = {"data": data, "alignment_snr": {"simulation": {"replicas": 3}}}
    assert load_study(ROOT / "config.yaml", named).alignment_snr.simulation.replicas == 3


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("grids.depth.dephts", [14], ["grids.depth.dephts", "unknown key", "[14]", "'depths'"]),
        ("studie", "x", ["studie", "unknown key", "did you mean 'study'", "networks"]),
        ("grids.depth.data", "photo", ["grids.depth.data", "'photo'", "mean 'photos'"]),
        ("grids.depth.depths", [14, 15], ["grids.depth", "15", "6n+2", "14", "20"]),
        ("grids.depth.depths", [], ["grids.depth.depths", "[]", "at least 1"]),
        ("grids.depth.seeds", [-1], ["grids.depth.seeds.0", "-1", "greater than or equal to 0"]),
        ("training.standard.epochs", "many", ["training.standard.epochs", "'many'", "integer"]),
        (
            "training.standard.checkpoints",
            {"epochs": [0, 99]},
            ["training.standard", "99", "58"],
        ),
        ("data.photos.source", "foto", ["data.photos.source", "'foto'", "'photos'"]),
        ("block_structure.large.depth", 50, ["block_structure.large.depth", "50", f"'{DEEP}'"]),
        ("block_structure.emergence", {"deeper": "dpeth"}, ["deeper", "'dpeth'", "'depth'"]),
        ("study", "My Study", ["study", "'My Study'", "lower-case"]),
        ("scale", "desktop", ["scale", "'desktop'", "'desk'"]),
        (
            "alignment_snr.simulation.replica",
            3,
            ["alignment_snr.simulation.replica", "unknown key", "'replicas'"],
        ),
        ("alignment_snr.ensembles.relu.snrs", [0.0], ["ensembles.relu.snrs.0", "greater than 0"]),
        ("alignment_snr.ensembles.relu.width", 0, ["ensembles.relu.width", "0", "1"]),
        ("alignment_snr.ensembles.relu.loss", "cross_entropy", ["ensembles.relu", "`data`"]),
        ("alignment_snr.ensembles.relu.activation", "rel", ["relu.activation", "'relu'"]),
    ],
)
def test_each_fault_is_one_line_that_names_key_value_and_remedy(path, value, expected):
    with pytest.raises(InputError) as caught:
        parse_study(changed(path, value))
    message = str(caught.value)
    assert "\n" not in message
    for part in expected:
        assert part in message, f"{part!r} not in: {message}"


def test_two_faults_give_two_lines():
    study = changed("studie", 1)
    study["scale"] = "big"
    with pytest.raises(InputError) as caught:
        parse_study(study)
    assert len(str(caught.value).splitlines()) == 2


def test_missing_and_unreadable_files_are_told_in_one_line(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_study(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("a: [1\nb: 2")
    with pytest.raises(InputError, match=r"^[^\n]*not YAML[^\n]*$"):
        load_study(tmp_path / "bad.yaml")
    (tmp_path / "list.yaml").write_text("- 1\n")
    with pytest.raises(InputError, match="holds list"):
        load_study(tmp_path / "list.yaml")


def test_allowed_keys_look_through_names_and_options():
    assert "depths" in allowed_keys(Study, ("grids", "anything"))
    assert "depth" in allowed_keys(Study, ("block_structure", "large"))
    assert "import" in allowed_keys(Study, ("networks", "mine"))
