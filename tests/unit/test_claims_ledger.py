import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from edited_files import edited_hdf5
from planted_claims import evidence
from planted_stores import Planted, everywhere

from repatlas.claims.ledger import StudyFacts, judge_claims, read_entries, write_entries
from repatlas.claims.load import load_claims
from repatlas.claims.spec import ClaimsSpec
from repatlas.errors import InputError

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "workflow" / "claims" / "block_structure.yaml"
FACTS = StudyFacts("planted", "desk", "abcdef123456")
# What the issue asks of every entry.
KEYS = {
    *("id", "paper", "figure", "statement", "statistic", "value", "interval", "threshold"),
    *("direction", "seeds", "scale", "verdict"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    roles = {"large": everywhere("block"), "small": everywhere("plain", depth=14)}
    return evidence(tmp_path_factory.mktemp("study"), roles)


def judged(found, **spec):
    entries = judge_claims(
        [load_claims(CLAIMS)], found, ClaimsSpec(permutations=100, **spec), FACTS
    )
    return {entry.id: entry for entry in entries}


def test_ledger_is_a_list_with_the_keys_asked_for(files, tmp_path):
    path = tmp_path / "claims.json"
    write_entries(list(judged(files).values()), path)
    values = json.loads(path.read_text())
    assert len(values) == 75
    for value in values:
        assert set(value) >= KEYS
        assert (value["study"], value["scale"], value["config"]) == (
            "planted",
            "desk",
            "abcdef123456",
        )


def test_same_evidence_gives_the_same_bytes(files, tmp_path):
    for name in "ab":
        write_entries(list(judged(files).values()), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_ledger_is_read_back(files, tmp_path):
    entries = list(judged(files).values())
    write_entries(entries, tmp_path / "claims.json")
    assert read_entries(tmp_path / "claims.json") == entries


def test_seed_of_the_bootstrap_decides_only_the_interval(files):
    first, second = judged(files), judged(files, seed=1)
    assert first["A2-share"].value == second["A2-share"].value


def test_networks_that_did_not_fit_are_named_and_not_judged(tmp_path):
    planted = Planted(dict.fromkeys(range(4), "block"), train_accuracy={1: 0.94, 3: float("nan")})
    entry = judged(evidence(tmp_path, {"large": planted}))["A3-across"]
    assert entry.not_fitted == (
        "RN-56 1x, seed 1 (train accuracy 94.0%)",
        "RN-56 1x, seed 3 (train accuracy unknown)",
    )
    assert [item.label for item in entry.per_seed] == ["RN-56 1x, seed 0 and seed 2"]
    assert entry.reason == "2 of the 3 seeds needed have a value (2 not fitted)"


def test_fit_accuracy_is_a_setting(tmp_path):
    planted = everywhere("block", train_accuracy=0.6)
    found = evidence(tmp_path, {"large": planted})
    assert judged(found)["A2-share"].seeds == 0
    assert judged(found, fit_accuracy=0.5)["A2-share"].verdict == "reproduced"


def test_comparison_of_other_networks_is_refused(files, tmp_path):
    other = evidence(tmp_path, {"large": everywhere("block", seeds=(5, 6, 7))})
    large = files.roles["large"].model_copy(update={"between": other.roles["large"].between})
    wrong = files.model_copy(update={"roles": {"large": large}})
    with pytest.raises(InputError, match=r"between.h5 does not compare RN-56 1x, seed 0"):
        judged(wrong)


def test_store_of_other_images_is_refused(files, tmp_path):
    large = files.roles["large"]
    first = large.networks[0]
    changed = tmp_path / "store.h5"
    changed.write_bytes(first.store.read_bytes())
    with edited_hdf5(changed) as file:
        file["samples/ids"][:2] = file["samples/ids"][:2][::-1]
    networks = (first.model_copy(update={"store": changed}), *large.networks[1:])
    wrong = files.model_copy(
        update={"roles": {"large": large.model_copy(update={"networks": networks})}}
    )
    with pytest.raises(InputError, match="different images or another order"):
        judged(wrong)


def test_data_set_without_the_images_is_refused(files, tmp_path):
    large = files.roles["large"]
    changed = tmp_path / "photos.h5"
    changed.write_bytes(large.data.read_bytes())
    with edited_hdf5(changed) as file:
        file["test/ids"][0] = b"test/a/9999"
    wrong = files.model_copy(
        update={"roles": {"large": large.model_copy(update={"data": changed})}}
    )
    with pytest.raises(InputError, match=r"photos.h5 holds no image 'test/a/\d+'"):
        judged(wrong)


def test_damaged_file_is_named(files, tmp_path):
    large = files.roles["large"]
    broken = tmp_path / "broken.h5"
    broken.write_bytes(large.networks[0].similarity.read_bytes()[:3000])
    networks = (large.networks[0].model_copy(update={"similarity": broken}),)
    wrong = files.model_copy(
        update={"roles": {"large": large.model_copy(update={"networks": networks})}}
    )
    with pytest.raises(InputError, match=r"broken.h5"):
        judged(wrong)


def test_what_is_no_ledger_is_refused(tmp_path):
    path = tmp_path / "claims.json"
    with pytest.raises(InputError, match="does not exist"):
        read_entries(path)
    path.write_text('[{"id": "A1-depth"}]')
    with pytest.raises(InputError, match="not a ledger"):
        read_entries(path)


def run_script(name, *arguments, given=None):
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / name, *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"},
    )


def test_scripts_judge_and_draw(files, tmp_path):
    ledger, page = tmp_path / "claims.json", tmp_path / "claims.html"
    done = run_script(
        "judge_claims.py", "--claims", CLAIMS, "--evidence", files.model_dump_json(),
        "--study", "planted", "--scale", "desk", "--settings", '{"permutations": 100}',
        "--output", ledger,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "A2-share: reproduced" in done.stderr
    done = run_script("render_claims.py", "--claims", ledger, "--output", page)
    assert done.returncode == 0, done.stderr
    assert "<title>" in page.read_text()


def test_evidence_longer_than_an_argument_comes_from_standard_input(files, tmp_path):
    """That of the paper's study has 180 kB, and Linux takes 128 an argument."""
    evidence = files.model_dump_json() + " " * 200_000
    ledger = tmp_path / "claims.json"
    arguments = ["--claims", CLAIMS, "--study", "planted", "--scale", "desk", "--output", ledger]
    done = run_script("judge_claims.py", *arguments, "--evidence", "-", given=evidence)
    assert done.returncode == 0, done.stderr
    assert "A2-share: reproduced" in done.stderr


def test_fault_of_the_user_is_one_line(files, tmp_path):
    done = run_script(
        "judge_claims.py", "--claims", tmp_path / "none.yaml", "--evidence", "{}",
        "--study", "planted", "--scale", "desk", "--output", tmp_path / "claims.json",
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_wrong_setting_is_one_line(tmp_path):
    done = run_script(
        "judge_claims.py", "--claims", CLAIMS, "--evidence", "{}", "--study", "planted",
        "--scale", "desk", "--settings", '{"bootstraps": 100}',
        "--output", tmp_path / "claims.json",
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error: --settings, bootstraps")
    assert len(done.stderr.splitlines()) == 1


def test_judging_needs_no_torch():
    modules = "repatlas.claims.ledger, repatlas.claims.table"
    code = f"import {modules}, sys; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
