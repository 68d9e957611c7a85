"""What jobs ask for, by wildcards and attempt."""

import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.common import get_function_params
from snakemake.resources import Resource, Resources

from repatlas.config.laptop import laptop
from repatlas.errors import InputError
from repatlas.runs import COLUMNS, cell_key, run_key
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.opening import open_requests
from repatlas.workflow.resources.coefficients import (
    COEFFICIENTS_FILE,
    Both,
    Coefficients,
    Line,
    RuleCoefficients,
    read_coefficients,
    write_coefficients,
)
from repatlas.workflow.resources.requests import Requests, Sizes

ROOT = Path(__file__).parents[2]

KNOWN = Coefficients(
    margin=Both(memory=1.3, minutes=3),
    retry=Both(memory=1.5, minutes=2),
    longest_minutes=100,
    snakemake_mb=300,
    gpu_place_mb=100,
    rules={
        "train": RuleCoefficients(
            memory=Line(base=400, factor=2), minutes=Line(base=10, factor=0.5)
        ),
        "draw": RuleCoefficients(memory=Line(base=500), minutes=Line(base=10)),
    },
)

REQUESTS = Requests(
    KNOWN,
    {"train": Sizes(lambda job: 10.0 * int(job.depth), lambda job: float(job.depth))},
)

JOB = SimpleNamespace(depth="14")


def test_a_request_is_base_and_size_with_snakemake_itself():
    assert REQUESTS.memory("train")(JOB, 1) == 300 + 400 + 2 * 140
    assert REQUESTS.minutes("train")(JOB, 1) == 10 + 0.5 * 14
    assert REQUESTS.memory("draw")(JOB, 1) == 800


def test_each_attempt_asks_for_more_memory_and_time():
    assert [REQUESTS.memory("draw")(JOB, attempt) for attempt in (1, 2, 3)] == [800, 1200, 1800]
    assert [REQUESTS.minutes("draw")(JOB, attempt) for attempt in (1, 2, 3)] == [10, 20, 40]


def test_large_jobs_and_further_attempts_take_more_places_on_a_gpu():
    assert [REQUESTS.gpu_places("train")(JOB, attempt) for attempt in (1, 2, 3)] == [2, 4, 8]
    assert [REQUESTS.gpu_places("draw")(JOB, attempt) for attempt in (1, 2)] == [1, 2]


def test_no_job_asks_for_more_time_than_a_queue_grants():
    deep = SimpleNamespace(depth="1000")
    assert REQUESTS.minutes("train")(deep, 1) == REQUESTS.minutes("train")(deep, 4) == 100


def test_snakemake_gives_the_attempt():
    resources = Resources({"mem_mb": Resource("mem_mb", REQUESTS.memory("draw"))})
    told = {"attempt": 2, "input": [], "threads": 1, "rulename": "draw"}
    assert resources["mem_mb"].evaluate(JOB, **told).value == 1200
    assert set(get_function_params(REQUESTS.minutes("draw"))) == {"wildcards", "attempt"}


def test_a_rule_without_coefficients_is_told_in_one_line():
    with pytest.raises(
        InputError, match=r"^workflow/resources.yaml: rules has no 'extract'[^\n]*$"
    ):
        REQUESTS.memory("extract")


def test_the_file_is_read_as_it_was_written(tmp_path):
    write_coefficients(KNOWN, tmp_path / "resources.yaml")
    assert read_coefficients(tmp_path / "resources.yaml") == KNOWN


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "resources.yaml"
    file.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_coefficients(KNOWN, file)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("retry: {memory: 0.5, minutes: 2}", "retry.memory: Input should be greater"),
        ("rules: {train: {memory: {base: -1}}}", "rules.train.memory.base: Input should be gr"),
        ("rules: {train: {memry: 1}}", "rules.train.memory: Field required"),
    ],
)
def test_a_faulty_file_is_told_in_one_line(tmp_path, text, message):
    file = tmp_path / "resources.yaml"
    write_coefficients(KNOWN, file)
    key = text.partition(":")[0]
    lines = file.read_text().splitlines()
    kept = lines[: lines.index("rules:")] if key == "rules" else lines
    file.write_text("\n".join([*(line for line in kept if not line.startswith(key)), text]))
    with pytest.raises(InputError, match=f"resources.yaml, {re.escape(message)}") as caught:
        read_coefficients(file)
    assert "\n" not in str(caught.value)


def test_a_faulty_file_ends_snakemake_in_one_line(tmp_path):
    with pytest.raises(
        SystemExit, match=r"^error: \S+resources.yaml: there is no such file[^\n]*$"
    ):
        open_requests(Atlas(tmp_path, laptop()))


def test_every_rule_asks_by_its_own_coefficients():
    texts = [path.read_text() for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))]
    commands = sum(text.count("shell:") for text in texts)
    for kind, resource in (("memory", "mem_mb"), ("minutes", "runtime")):
        asked = [
            name
            for text in texts
            for name in re.findall(rf'{resource}=REQUESTS\.{kind}\("(\w+)"\),', text)
        ]
        assert len(asked) == commands
        assert sorted(asked) == sorted(read_coefficients(ROOT / COEFFICIENTS_FILE).rules)


def grown(atlas: Atlas, depth: int, width: int) -> SimpleNamespace:
    """Wildcards of a network of that size, which the study then has."""
    size = {"network": "grown", "depth": depth, "width": width}
    run = atlas.runs.runs[0].model_copy(update=size)
    atlas.runs.by_key[run_key(run)] = run
    atlas.runs.by_cell[cell_key(run)] = [run]
    named = dict(zip(COLUMNS, run_key(run), strict=True))
    return SimpleNamespace(**named, checkpoint="final", probe="test")


BOTH_GROW = (
    "train",
    "extract",
    "experiment",
    "follow_training",
    "compare_layers",
    "compare_seeds",
    "compare_checkpoints",
    "measure_layers",
)


def test_larger_networks_ask_for_more():
    atlas = Atlas(ROOT, laptop())
    small, large = grown(atlas, 14, 1), grown(atlas, 56, 4)
    for rule in BOTH_GROW:
        sizes = atlas.requests.of(rule)
        assert 0 < sizes.memory(small) < sizes.memory(large), rule
        assert 0 < sizes.minutes(small) < sizes.minutes(large), rule
    translation = atlas.requests.of("translate_examples")
    assert 0 < translation.memory(small) < translation.memory(large)


def test_every_size_belongs_to_a_rule():
    requests = Atlas(ROOT, laptop()).requests
    assert requests.sizes.keys() <= requests.coefficients.rules.keys()
