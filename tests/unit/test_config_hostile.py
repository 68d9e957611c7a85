"""Studies that are wrong in ways that a campaign of mutations found, each in its own line."""

import json

import pytest
import yaml
from changed_study import changed, values
from study_mutants import laughs, nested
from whole_plan import fault_lines

from repatlas.config.load import parse_study
from repatlas.config.yaml_file import LARGEST_FILE, LARGEST_YAML, MOST_KEYS, read_yaml
from repatlas.errors import InputError
from repatlas.naming import advice, missing_name, shown
from repatlas.networks.spec import NetworkSpec
from repatlas.provenance import STUDY_CONFIG_VARIABLE
from repatlas.workflow.opening import check_given_files, open_atlas


def merged_keys() -> bytes:
    """More keys than a mapping may have, most of them from another one."""
    keys = ", ".join(f"k{number}: 1" for number in range(MOST_KEYS))
    return f"one: &one {{{keys}}}\ntwo: {{<<: *one, another: 1}}\n".encode()


def brief(value: object) -> str:
    """Name of a case: what it is told."""
    return value.replace(" ", "-") if isinstance(value, str) and len(value) < 40 else "case"


def refused(study: dict) -> str:
    with pytest.raises(InputError) as caught:
        parse_study(study)
    message = str(caught.value)
    assert fault_lines(message), message
    return message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"\xff\xfea\x00", "not UTF-8 text (byte 0xff in line 1)"),
        (b"a: 1\nb: \xe9\n", "byte 0xe9 in line 2"),
        (b"a: \x00", "special characters"),
        (b"", "holds NoneType"),
        (b"a: 1\n--- \nb: 2\n", "but found another document"),
        (b"study: one\nscale: smoke\nstudy: two\n", "'study' is written twice"),
        (b"a: {b: 1, b: 2}", "'b' is written twice"),
        (b'{"study": "one", "study": "two"}', "'study' is written twice"),
        (b"a: !!python/object/apply:os.system [ls]", "tags are not read"),
        (b"a: !!int x", "tags are not read"),
        (b"a: !!timestamp x", "tags are not read"),
        (b"? [a]\n: 1", "cannot be a key"),
        (b"a: 0x_", "no number"),
        (b"a: 0b_", "no number"),
        (b"a: " + b"1" * 5000, "no number"),
        (b"seed: 010", "010 would be read to base 8 or 60"),
        (b"seed: 1:30", "1:30 would be read to base 8 or 60"),
        (b'a: "\\UFFFFFFFF"', "not YAML"),
        (nested(31).encode(), "more than 30 levels"),
        (nested(100_000).encode(), "more than 30 levels"),
        (nested(1000, "{a: ", "}").encode(), "more than 30 levels"),
        (b'{"a":' * 100_000, "more than 30 levels"),
        (merged_keys(), "keys merged into one mapping"),
        (b"x" * (LARGEST_YAML + 1), "more than 500,000 bytes"),
        (b"{" + b" " * LARGEST_FILE, "more than 10,000,000 bytes"),
    ],
    ids=brief,
)
def test_text_that_says_something_else_than_it_seems_is_refused_in_one_line(tmp_path, text, told):
    path = tmp_path / "study.yaml"
    path.write_bytes(text)
    with pytest.raises(InputError) as caught:
        read_yaml(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert message.isprintable()
    assert told in message


def test_a_folder_in_the_place_of_a_study_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml(tmp_path)


def test_aliases_merged_keys_marks_of_byte_order_and_tabs_in_json_are_read(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("a: &a {b: 1, c: 2}\nd: {<<: *a, c: 3}\ne: {<<: [*a, *a]}\nf: *a\n")
    one = {"b": 1, "c": 2}
    assert read_yaml(path) == {"a": one, "d": {"b": 1, "c": 3}, "e": one, "f": one}
    path.write_bytes(b"\xef\xbb\xbfa: 2001-01-01\n")
    assert read_yaml(path) == {"a": "2001-01-01"}
    path.write_text('{\n\t"a": 1e-05\n}')
    assert read_yaml(path) == {"a": 1e-05}


def test_a_text_that_unfolds_to_billions_of_values_is_refused():
    assert "more than 100,000 values" in refused(values() | yaml.safe_load(laughs(6)))
    held: list = []
    held.append(held)
    assert "more than 30 levels" in refused(values() | {"data": held})


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("claims.fit_accuracy", float("nan"), "not a finite number"),
        ("networks.resnet.arguments", {"x": float("inf")}, "not a finite number"),
        ("data.photos.subset_seed", 2**63, "below 2^63"),
        ("data.photos.size", 10**5000, "a whole number of 16610 bits"),
        ("grids.depth.seeds", [10**30], "grids.depth.seeds.0"),
        ("probes.test.raw_layers", ["a\nb"], "'a\\nb' has line ends"),
        ("probes.test.raw_layers", ["\ud800"], "cannot be printed"),
        ("probes.test.raw_layers", ["x" * 5000], "5,000 characters"),
        ("data.photos.a\nb", 1, "data.photos.'a\\nb'"),
        ("data.photos.a b", 1, "data.photos.'a b': unknown key"),
        ("data.photos.", 1, "data.photos.'': unknown key"),
        ("data.photos.root", b"x", "a bytes has no place"),
        ("study", "x" * 65, "at most 64"),
        ("study", "x" * 64, "repeats one piece"),
        ("study", "x\n", "has line ends"),
        ("data.photos", list(range(1000)), "data.photos"),
        ("data.photos.size", True, "size: true and false are no numbers"),
        ("training.standard.checkpoints.epochs", [True], "true and false are no numbers"),
        ("grids.depth.seeds", [0, 1, 0], "0 stands twice"),
        ("grids.depth.depths", [14, 14], "14 stands twice"),
        ("grids.depth.seeds", list(range(2000)), "grids.depth.seeds"),
        ("grids.depth.depths", [6 * 10**9 + 2], "less than or equal to 10000"),
        ("training.standard.epochs", 10**12, "training.standard.epochs"),
        ("training.standard.checkpoints.steps", list(range(1, 502)), "at most 500"),
        ("data.photos.size", 10**12, "less than or equal to 4096"),
        ("data.photos.train", 10**12, "1 to 100 million"),
        ("probes.test.batch_size", 10**12, "probes.test.batch_size"),
        ("claims.bootstrap", 10**12, "claims.bootstrap"),
        ("alignment_snr.simulation.ratios", [1e308], "ratios.0"),
        ("alignment_snr.simulation.inputs", 10**12, "simulation.inputs"),
        ("networks.resnet.weights", "{x}.safetensors", "Snakemake has other uses"),
        ("networks.resnet.weights", "<results>/x", "Snakemake has other uses"),
        ("probes.test.raw_layers", ["x" * 4000] * 4, "characters as JSON; allowed are 13,000"),
        ("universality.context.learners", {"a b": {}}, "is no name"),
        ("networks.resnet.import", "a..b:f", "names no function"),
    ],
    ids=brief,
)
def test_a_value_that_no_study_can_have_is_told_in_one_line(path, value, told):
    assert told in refused(changed(path, value))


def test_a_key_that_is_no_text_is_told():
    assert "the study: " not in refused(values() | {True: 1})
    assert "True: a key must be text" in refused(values() | {True: 1})
    assert "data.1: a key must be text" in refused(changed("data", {1: {}}))


def test_the_networks_of_a_grid_and_of_a_study_are_counted():
    seeds = list(range(1000))
    grid = values()["grids"]["seeds"]
    assert "grids.seeds: 1,000,000 networks" in refused(
        changed("grids.seeds", grid | {"depths": [14], "seeds": seeds, "orders": seeds})
    )
    study = changed("grids.seeds", grid | {"seeds": seeds})
    many = {f"more{number}": grid | {"seeds": seeds} for number in range(5)}
    study["grids"] |= many
    assert "networks together; allowed are 5,000" in refused(study)


def test_many_faults_are_told_up_to_twenty():
    for study in (
        values() | {f"k{number}": 0 for number in range(100)},
        values() | {"data": {f"k{number}": float("nan") for number in range(100)}},
    ):
        assert 20 <= len(refused(study).splitlines()) <= 21


def test_long_lists_of_names_are_cut():
    known = [f"name{number}" for number in range(10_000)]
    assert advice("name", known).endswith("and 9960 more")
    with pytest.raises(ValueError, match=r"there is no 'xxx+\.\.\.;") as caught:
        missing_name("here", "x" * 10**6, known)
    assert len(str(caught.value)) < 1000
    assert shown([[[[[1]]]]]) == "[[[[...]]]]"
    assert shown("a\nb") == r"'a\nb'"


def test_numbers_that_yaml_reads_as_text_are_no_arguments():
    spec = {"import": "own:net", "arguments": {"rate": "1e-3"}}
    with pytest.raises(ValueError, match="rate: YAML reads 1e-3 as text"):
        NetworkSpec.model_validate(spec)
    assert NetworkSpec.model_validate(spec | {"arguments": {"kind": "e3"}})


def test_files_with_names_that_no_disk_takes_are_missing_ones():
    study = parse_study(changed("networks.resnet.weights", "~"))
    with pytest.raises(InputError, match=r"networks\.resnet\.weights: there is no file"):
        check_given_files(study)
    for name in ("x" * 1000, "a/" * 2000, "~nobody/x"):
        study = parse_study(changed("networks.resnet.weights", name))
        with pytest.raises(InputError, match=r"networks\.resnet\.weights: there is no file"):
            check_given_files(study)
        study = parse_study(changed("data.photos", {"source": "tree", "root": name}))
        with pytest.raises(InputError, match=r"data\.photos\.root: there is no"):
            check_given_files(study)


def test_the_frozen_study_of_a_job_is_the_study_of_the_run(tmp_path, monkeypatch):
    """Numbers such as 1e-05 are JSON's, and text to YAML."""
    network = {"import": "own:net", "arguments": {"rate": 1e-05, "name": "🧠"}}
    study = parse_study(changed("networks.mine", network))
    frozen = tmp_path / "frozen.json"
    frozen.write_text(json.dumps(study.model_dump(mode="json", by_alias=True), indent=2))
    monkeypatch.setenv(STUDY_CONFIG_VARIABLE, str(frozen))
    assert open_atlas(str(tmp_path), {}, False).study == study
    frozen.write_text("{")
    with pytest.raises(SystemExit, match="not the frozen study of this run"):
        open_atlas(str(tmp_path), {}, False)


def test_files_of_an_overlay_are_read_again_for_equal_keys(tmp_path):
    (tmp_path / "mine.yaml").write_text("study: one\nstudy: two\n")
    with pytest.raises(SystemExit, match="'study' is written twice"):
        open_atlas(str(tmp_path), {"study": "two"}, True, [tmp_path / "mine.yaml"])
