"""What jobs took, beside what they ask for."""

import json
import re
import runpy
import sys
from pathlib import Path

import pytest

from repatlas.config.laptop import laptop
from repatlas.errors import InputError
from repatlas.runs import COLUMNS, run_key
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.resources.benchmarks import read_benchmarks
from repatlas.workflow.resources.coefficients import (
    COEFFICIENTS_FILE,
    Both,
    Coefficients,
    Line,
    RuleCoefficients,
    read_coefficients,
    write_coefficients,
)
from repatlas.workflow.resources.comparison import compare
from repatlas.workflow.resources.fitting import fit, fit_line
from repatlas.workflow.resources.measured import MeasuredJob, Measurement, measured_study
from repatlas.workflow.resources.show import summary

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "calibrate_resources.py"

TRAINED = {"s": 90.0, "max_rss": 512.0, "rule_name": "train"}

KNOWN = Coefficients(
    margin=Both(memory=1.3, minutes=3),
    retry=Both(memory=1.5, minutes=2),
    longest_minutes=100,
    snakemake_mb=300,
    gpu_place_mb=6000,
    rules={
        "train": RuleCoefficients(memory=Line(base=400, factor=2), minutes=Line(base=10)),
        "draw": RuleCoefficients(memory=Line(base=500), minutes=Line(base=10)),
        "unseen": RuleCoefficients(memory=Line(base=1), minutes=Line(base=1)),
    },
)


def measured(rule, memory, minutes):
    seen = None if memory is None else Measurement(*memory)
    return MeasuredJob(rule, seen, Measurement(*minutes))


JOBS = [
    measured("train", (100.0, 300.0), (0.0, 1.0)),
    measured("train", (200.0, 640.0), (0.0, 2.0)),
    measured("draw", None, (0.0, 0.02)),
]


def write_records(results: Path, *records: dict) -> None:
    folder = results / "benchmarks"
    folder.mkdir(parents=True)
    for number, record in enumerate(records):
        (folder / f"{number}.jsonl").write_text(json.dumps(record) + "\n")


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Folder of a study of which one training and one figure have run."""
    study = laptop()
    atlas = Atlas(ROOT, study)
    run = atlas.runs.runs[0]
    wildcards = dict(zip(COLUMNS, run_key(run), strict=True))
    figure = next(iter(atlas.block_structure.figures()))
    folder = tmp_path / "results" / "laptop"
    write_records(
        folder,
        TRAINED | {"wildcards": wildcards},
        {"s": 0.3, "max_rss": 4.2, "rule_name": figure, "wildcards": {}},
        {"s": 3.0, "max_rss": 200.0},
        TRAINED | {"wildcards": wildcards | {"depth": "999"}},
        {"s": 3.0, "max_rss": 1.0, "rule_name": "no_rule"},
    )
    monkeypatch.chdir(tmp_path)
    atlas.freeze()
    return folder


# The records themselves.


def test_records_say_rule_wildcards_time_and_memory(tmp_path):
    write_records(tmp_path, TRAINED | {"wildcards": {"depth": "14"}, "io_in": "NA"})
    (record,) = read_benchmarks(tmp_path)
    assert (record.rule, record.seconds, record.megabytes) == ("train", 90.0, 512.0)
    assert record.wildcards.depth == "14"


@pytest.mark.parametrize("change", [{"max_rss": "NA"}, {"max_rss": 0.0}, {"s": 0.9}])
def test_memory_that_was_not_seen_is_none(tmp_path, change):
    write_records(tmp_path, TRAINED | change)
    assert [record.megabytes for record in read_benchmarks(tmp_path)] == [None]


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "3", '{"max_rss": 3}', '{"s": -1, "max_rss": 3}', '{"s": 1, "max_rss": NaN}', "é"],
)
def test_a_file_that_is_no_record_is_told_in_one_line(tmp_path, text):
    write_records(tmp_path, TRAINED)
    broken = tmp_path / "benchmarks" / "1.jsonl"
    broken.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=re.escape(f"{broken}: no benchmark record")) as caught:
        read_benchmarks(tmp_path / "benchmarks")
    assert "\n" not in str(caught.value)


def test_a_study_that_has_not_run_is_told_in_one_line(tmp_path):
    with pytest.raises(InputError, match="no such folder; run the study"):
        read_benchmarks(tmp_path / "benchmarks")
    (tmp_path / "benchmarks").mkdir()
    with pytest.raises(InputError, match="holds no record"):
        read_benchmarks(tmp_path / "benchmarks")
    write_records(tmp_path / "other", TRAINED)
    with pytest.raises(InputError, match="holds no config of a study"):
        measured_study(ROOT, tmp_path / "other")


def test_records_are_those_of_jobs_of_the_study(results):
    study = measured_study(ROOT, results)
    train, figure = sorted(study.jobs, key=lambda job: job.rule, reverse=True)
    assert (train.rule, figure.rule) == ("train", "figure")
    assert train.minutes.used == 1.5
    assert train.memory.used == 512.0
    atlas = Atlas(ROOT, laptop())
    assert train.memory.size == pytest.approx(
        atlas.requests.of("train").memory(
            type("Job", (), dict(zip(COLUMNS, run_key(atlas.runs.runs[0]), strict=True)))
        )
    )
    assert figure.memory is None
    assert (study.unnamed, study.foreign) == (1, 2)


# Requests beside them.


def test_known_records_give_a_known_table():
    train, draw = compare(JOBS, KNOWN)
    assert (train.rule, train.jobs, draw.rule, draw.jobs) == ("train", 2, "draw", 1)
    assert (train.memory.least, train.memory.most, train.memory.used) == (600, 800, 640)
    assert train.memory.headroom == pytest.approx(800 / 640)
    assert (train.minutes.least, train.minutes.used) == (10, 2)
    assert draw.memory is None
    assert not train.short
    assert not draw.short


def test_a_job_that_took_more_than_is_asked_for_is_found():
    hungry = measured("train", (0.0, 401.0), (0.0, 1.0))
    slow = measured("draw", None, (0.0, 10.5))
    rows = compare([*JOBS, hungry, slow], KNOWN)
    assert [row.short for row in rows] == [True, True]
    assert summary(rows) == "too little is asked for: train, draw"
    assert summary(compare(JOBS, KNOWN)) == "no job took more than is asked for"


# The fit.


def test_a_fit_finds_the_line_above_what_was_measured():
    known = Line(base=1, factor=2)
    found = [Measurement(size, 100 + 3 * size) for size in (10.0, 20.0, 50.0, 300.0, 400.0)]
    line = fit_line(known, found, margin=2, least=10, step=10)
    assert line == Line(base=200, factor=6)


def test_jobs_too_small_to_differ_leave_the_factor_alone():
    known = Line(base=900, factor=1)
    found = [Measurement(size, 300 + 30 * size) for size in (0.1, 0.2, 0.4, 0.7, 1.0)]
    line = fit_line(known, found, margin=1, least=10, step=10)
    assert line.factor == 1
    assert line.base == 330


def test_few_jobs_leave_the_factor_alone():
    found = [Measurement(size, 100 + 30 * size) for size in (10.0, 10.0, 20.0, 20.0, 400.0)]
    line = fit_line(Line(base=900, factor=20), found, margin=1, least=10, step=10)
    assert line == Line(base=4100, factor=20)


def test_a_factor_changes_fourfold_at_most():
    known = Line(base=0, factor=1)
    found = [Measurement(size, 100.0) for size in (100.0, 200.0, 300.0, 400.0, 1000.0)]
    assert fit_line(known, found, margin=1, least=10, step=10).factor == 0.25


def test_the_base_of_jobs_without_sizes_is_only_raised():
    found = [Measurement(0.0, 100.0)]
    assert fit_line(Line(base=500), found, margin=1, least=10, step=10).base == 500
    assert fit_line(Line(base=50), found, margin=1, least=10, step=10).base == 100


def test_after_a_fit_every_job_has_its_margin_and_other_rules_are_as_they_were():
    hungry = measured("train", (0.0, 1000.0), (0.0, 50.0))
    fitted = fit(KNOWN, [*JOBS, hungry])
    rows = compare([*JOBS, hungry], fitted)
    assert all(row.memory is None or row.memory.headroom >= 1.3 for row in rows)
    assert all(row.minutes.headroom >= 3 for row in rows)
    assert fitted.rules["unseen"] == KNOWN.rules["unseen"]
    assert fitted.margin == KNOWN.margin


# The command.


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    return caught.value.code


def test_the_command_prints_the_table_and_fits_what_is_too_small(
    results, tmp_path, monkeypatch, capsys
):
    file = tmp_path / "resources.yaml"
    known = read_coefficients(ROOT / COEFFICIENTS_FILE)
    small = known.rules["train"].model_copy(update={"memory": Line(base=100)})
    write_coefficients(known.model_copy(update={"rules": known.rules | {"train": small}}), file)
    given = ("--results", results, "--coefficients", file)

    assert run(monkeypatch, *given) == 1
    told = capsys.readouterr().out
    assert re.search(r"^train +1 +\d+ +512 +!0\.\dx +10 +1\.50 +6\.7x$", told, re.MULTILINE)
    assert re.search(r"^figure +1 +- +- +- ", told, re.MULTILINE)
    assert "too little is asked for: train" in told
    assert "left out: 1 records that are not extended" in told
    assert "left out: 2 records of jobs that the study does not have" in told

    assert run(monkeypatch, *given, "--write") == 0
    assert "no job took more" in capsys.readouterr().out
    fitted = read_coefficients(file)
    assert fitted.rules["train"].memory.base > 1.2 * 512
    assert fitted.rules["extract"] == known.rules["extract"]
    assert run(monkeypatch, *given) == 0


def test_the_command_ends_in_one_line_without_records(tmp_path, monkeypatch):
    told = run(monkeypatch, "--results", tmp_path)
    assert re.fullmatch(r"error: \S+benchmarks: there is no such folder; run the study first", told)
