"""Mutated studies are planned or refused in lines; benchmarks/fuzz_config.py has thousands."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from study_mutants import ROOT, mutated_text, mutated_values
from whole_plan import fault_lines, files_missing, plan_whole

from repatlas.config.load import load_study
from repatlas.config.yaml_file import read_yaml
from repatlas.errors import InputError

SMOKE = ROOT / "workflow" / "studies" / "smoke.yaml"

same_each_time = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=list(HealthCheck),
)


def planned(overlay: dict) -> bool:
    """Plan a study whole; False where it is refused, whose message is looked at."""
    try:
        study = load_study(SMOKE, overlay)
    except InputError as error:
        message = str(error)
    else:
        plan_whole(study)
        files_missing(study)
        return True
    assert fault_lines(message), message
    return False


def test_changed_values_are_planned_or_refused_in_lines():
    found = []

    @same_each_time
    @given(mutated_values((SMOKE,)))
    def try_one(mutant: dict) -> None:
        found.append(planned(mutant))

    try_one()
    assert min(found.count(True), found.count(False)) > 30


def test_changed_texts_are_read_or_refused_in_lines(tmp_path):
    path = Path(tmp_path, "study.yaml")
    found = []

    @same_each_time
    @given(mutated_text((SMOKE,)))
    def try_one(mutant: bytes) -> None:
        path.write_bytes(mutant)
        try:
            values = read_yaml(path)
        except InputError as error:
            message, values = str(error), None
        if values is None:
            assert fault_lines(message), message
        found.append(values is not None and planned(values))

    try_one()
    assert min(found.count(True), found.count(False)) > 10
