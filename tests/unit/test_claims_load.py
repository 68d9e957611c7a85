import json
from pathlib import Path

import pytest
import yaml

from repatlas.claims.catalogue import STATISTICS
from repatlas.claims.evidence import read_evidence
from repatlas.claims.load import load_claims
from repatlas.errors import InputError

PUBLISHED = sorted((Path(__file__).parents[2] / "workflow" / "claims").glob("*.yaml"))


def written(tmp_path, *claims, **changes):
    """A file of claims, each given by what it changes in a right one."""
    right = {
        "id": "A1-depth",
        "figure": "Fig 1a",
        "statement": "it holds",
        "statistic": "dominated_fraction",
        "arguments": {"role": "deepest"},
        "threshold": 0.5,
        "direction": "above",
    }
    values = {
        "paper": "block_structure",
        "title": "Origins",
        "version": "v1",
        "topics": {"A1": "emergence"},
        "claims": [right | claim for claim in claims or ({},)],
    }
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump(values | changes))
    return path


def refusal(path):
    with pytest.raises(InputError) as caught:
        load_claims(path)
    return str(caught.value)


def test_published_claims_are_right_and_say_where_they_stand():
    papers = {path.stem: load_claims(path) for path in PUBLISHED}
    assert {name: len(paper.claims) for name, paper in papers.items()} == {
        "block_structure": 75,
        "wide_and_deep": 11,
        "beyond": 33,
        "convergent_learning": 48,
        "alignment_snr": 32,
        "universality": 59,
    }
    for name, paper in papers.items():
        for claim in paper.claims:
            assert claim.paper == name
            assert claim.figure
            assert claim.made_for or name == "beyond"
            assert claim.page or name != "block_structure"
            assert "smoke" not in claim.judged_at


def test_every_numbered_claim_of_the_papers_has_a_part():
    numbers = {claim.number for path in PUBLISHED for claim in load_claims(path).claims}
    assert numbers >= {f"A{number}" for number in range(1, 15)}
    assert numbers >= {f"B{number}" for number in range(1, 7)}
    assert numbers >= {f"{letter}{number}" for letter in "LK" for number in range(1, 5)}


def test_every_statistic_decides_something():
    used = {claim.statistic for path in PUBLISHED for claim in load_claims(path).claims}
    assert used == set(STATISTICS)


def test_number_without_a_topic_is_told(tmp_path):
    assert "topics: there is none for A1-depth; add A1" in refusal(written(tmp_path, topics={}))


def test_every_statistic_is_described_in_one_line():
    for statistic in STATISTICS.values():
        assert statistic.summary.endswith(".")
        assert len(statistic.summary) < 120


def test_right_file_is_read(tmp_path):
    claims = load_claims(written(tmp_path))
    assert claims.claims[0].arguments == {"role": "deepest"}


def test_unknown_statistic_names_file_claim_and_nearest(tmp_path):
    path = written(tmp_path, {"statistic": "dominated_fractions"})
    message = refusal(path)
    assert message.startswith(f"{path}: A1-depth: there is no statistic 'dominated_fractions'")
    assert "did you mean 'dominated_fraction'?" in message


def test_unknown_key_names_claim_and_nearest(tmp_path):
    message = refusal(written(tmp_path, {"treshold": 0.4}))
    assert "A1-depth: unknown key 'treshold'" in message
    assert "did you mean 'threshold'?" in message


def test_unknown_argument_names_claim_and_nearest(tmp_path):
    message = refusal(written(tmp_path, {"arguments": {"role": "deepest", "shares": 0.4}}))
    assert "A1-depth: unknown key 'shares' in the arguments of dominated_fraction" in message
    assert "did you mean 'share'?" in message


def test_missing_argument_is_named(tmp_path):
    message = refusal(written(tmp_path, {"arguments": {}}))
    assert "A1-depth: the arguments of dominated_fraction lack 'role'" in message


def test_unknown_role_is_refused(tmp_path):
    message = refusal(written(tmp_path, {"arguments": {"role": "deepst"}}))
    assert "A1-depth: role: 'deepst': should be 'deepest'" in message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"direction": "over"}, "direction: 'over'"),
        ({"threshold": "high"}, "threshold: 'high'"),
        ({"threshold": float("nan")}, "threshold: nan"),
        ({"seeds": 1}, "seeds: 1"),
        ({"judged_at": ["desktop"]}, "judged_at: 'desktop'"),
        ({"id": "first claim"}, "first claim: id: 'first claim'"),
    ],
)
def test_wrong_value_is_told_with_its_key(tmp_path, change, told):
    assert told in refusal(written(tmp_path, change))


def test_each_fault_has_its_line(tmp_path):
    path = written(tmp_path, {"id": "A1-a", "direction": "over"}, {"id": "A1-b", "seeds": 0})
    lines = refusal(path).splitlines()
    assert len(lines) == 2
    assert "A1-a: direction" in lines[0]
    assert "A1-b: seeds" in lines[1]


def test_two_claims_of_one_name_are_refused(tmp_path):
    assert "A1-depth stands twice" in refusal(written(tmp_path, {}, {}))


def test_unknown_key_of_the_file_is_refused(tmp_path):
    assert "unknown key 'papers'" in refusal(written(tmp_path, papers="x"))


@pytest.mark.parametrize("text", ["claims: [", "", "- 1", "claims: 3\npaper: x"])
def test_what_is_no_file_of_claims_is_refused_by_name(tmp_path, text):
    path = tmp_path / "claims.yaml"
    path.write_text(text)
    assert str(path) in refusal(path)


def test_missing_file_is_told(tmp_path):
    assert "there is no such file" in refusal(tmp_path / "none.yaml")


def test_evidence_is_read_from_text_and_file(tmp_path):
    text = '{"roles": {"large": {"label": "RN-56 1x", "networks": [{"similarity": "a.h5"}]}}}'
    path = tmp_path / "evidence.json"
    path.write_text(text)
    assert read_evidence(text) == read_evidence(str(path))
    assert read_evidence(text).roles["large"].networks[0].similarity == Path("a.h5")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"roles": {"larg": {}}}', "roles.larg"),
        ('{"roles": {"large": {"label": "x", "networks": []}}}', "roles.large.networks"),
        ("{", "--evidence"),
        ("none.json", "does not exist"),
    ],
)
def test_wrong_evidence_is_refused(text, told):
    with pytest.raises(InputError, match=told):
        read_evidence(text)


def test_one_label_for_two_cells_is_refused():
    roles = {
        role: {"label": "RN-56 1x", "networks": [{"similarity": f"{role}.h5"}]}
        for role in ("large", "deepest")
    }
    text = json.dumps({"roles": roles})
    with pytest.raises(InputError, match="names two cells"):
        read_evidence(text)
