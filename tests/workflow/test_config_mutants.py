"""Odd studies through Snakemake itself: planned as they say, or refused in one line."""

import pytest
from conftest import TINY
from dry_runs import check_dry_run, give_weights, refusals

ODD = 'a\'b "c" `id` $(touch x) ;# \\ {x} {wildcards.seed} <results> %s * 🧠'


def test_texts_that_are_trouble_in_a_shell_or_a_pattern_reach_their_jobs(checkout):
    """In layers and arguments: texts of any kind; in names of files: all but {} and <>."""
    file = "we ird [*] ?x & | ~ $(touch y) `id` ;'\".safetensors"
    mine = {"data": "photos", "network": "own", "training": "standard", "seeds": [0]}
    study = TINY | {
        "networks": {
            "resnet": {"weights": file},
            "own": {"import": "own:net", "arguments": {"text": ODD, ODD: 1}},
        },
        "probes": {"test": TINY["probes"]["test"] | {"raw_layers": [ODD, "{input}", "{{}}"]}},
        "grids": TINY["grids"] | {"mine": mine},
        "block_structure": TINY["block_structure"]
        | {"emergence": {"deeper": "depth", "mine": "mine"}},
    }
    give_weights(checkout, study)
    assert check_dry_run(checkout, study) == 39


def test_longest_names_are_planned(checkout):
    long = "name_of_64_letters" + "abcdefghijklmnopqrstuvw" * 2
    assert len(long) == 64
    study = TINY | {
        "study": long,
        "data": {long: TINY["data"]["photos"]},
        "training": {long: TINY["training"]["standard"]},
        "probes": {long: TINY["probes"]["test"]},
        "grids": {long: TINY["grids"]["depth"] | {"data": long, "training": long}},
        "block_structure": {"probe": long, "emergence": {long: long}},
    }
    assert check_dry_run(checkout, study) > 20


@pytest.mark.parametrize(
    ("text", "told", "also_by_snakemake"),
    [
        (b"study: one\nstudy: two\n", "'study' is written twice", True),
        (b"data: {photos: {size: .inf}}\n", "data.photos.size: inf: not a finite number", True),
        (b"a: &a [*a]\n", "more than 30 levels", True),
        (b"grids: {a: {seeds: [0], depths: [true]}}\n", "no numbers", True),
        # Snakemake itself reads a file that it is given, and says what it makes of it.
        (b"a: [1\nb: 2", "not YAML", False),
        (b"\xff\xfe", "not UTF-8", False),
    ],
)
def test_a_faulty_study_is_refused_in_one_line_both_ways(checkout, text, told, also_by_snakemake):
    printed = refusals(checkout, text)
    ways = ["reproduce", "snakemake"] if also_by_snakemake else ["reproduce"]
    for way in ways:
        assert printed[way].startswith("error: "), printed[way]
        assert told in printed[way]
    assert printed["reproduce"].count("\n") == printed["reproduce"].count("error: ")
