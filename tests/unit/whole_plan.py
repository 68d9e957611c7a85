"""Everything that Snakemake may ask of a study before its first job, asked at once.

What a job is told is read back as its script reads it: a value that does not survive the way
(infinite, say) is found here and not in the middle of a run.
"""

import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace

from repatlas.config.study import Study
from repatlas.data.spec import parse_spec
from repatlas.dynamics.spec import ContextSpec, ImagesSpec, TwoPointsSpec, XorSpec
from repatlas.ensembles.spec import EnsembleSpec, SimulationSpec
from repatlas.errors import InputError
from repatlas.runs import COLUMNS
from repatlas.store.spec import parse_probe
from repatlas.training.spec import parse_run, parse_runs
from repatlas.units.spec import parse_units
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.opening import check_given_files
from repatlas.workflow.universality.jobs import FITTED, FOLLOWED

ROOT = Path(__file__).parents[2]
SAFE = re.compile(r"results/[\w./~-]+")
LONGEST_NAME, MOST_RUNS = 255, 40
LONGEST_LINE, MOST_LINES = 1000, 25
LONGEST_ARGUMENT = 32 * 4096
OF_A_PROBE = ("extract", "experiment", "follow_training", "compare_seeds", "measure_layers")


def plan_whole(study: Study) -> Atlas:
    """Resolve paths, patterns, figures, evidence, and every job's texts, files and resources."""
    atlas = Atlas(ROOT, study)
    for pattern in atlas.wildcard_constraints.values():
        re.compile(pattern)
    assert atlas.stages
    assert atlas.config_hash
    _plan_figures(atlas)
    _plan_data(atlas)
    _plan_runs(atlas)
    _plan_units(atlas)
    _plan_ensembles(atlas)
    _plan_dynamics(atlas)
    return atlas


def files_missing(study: Study) -> bool:
    """Whether the study names files that do not exist, which the Snakefile refuses."""
    try:
        check_given_files(study)
    except InputError as error:
        message = str(error)
    else:
        return False
    assert fault_lines(message), message
    return True


def _plan_figures(atlas: Atlas) -> None:
    drawn: list[str] = []
    for paper in atlas.papers:
        for plan in paper.figures().values():
            drawn += plan.files
            _check_paths([*plan.files, *(path for files in plan.inputs.values() for path in files)])
            assert plan.inputs
            assert type(plan.arrangement).model_validate_json(plan.layout) == plan.arrangement
    assert len(drawn) == len(set(drawn)), "two figures in one file"
    _check_paths(atlas.evidence_files)
    evidence = atlas.evidence
    assert type(evidence).model_validate_json(evidence.model_dump_json(exclude_none=True)) == (
        evidence
    )
    claims = atlas.study.claims
    assert type(claims).model_validate_json(claims.model_dump_json()) == claims


def _plan_data(atlas: Atlas) -> None:
    for name, spec in atlas.study.data.items():
        job = SimpleNamespace(data=name)
        assert parse_spec(atlas.jobs.data_json(job)) == spec
        _check_length(atlas.jobs.data_json(job))
        _check_requests(atlas, job, "prepare_data")


def _plan_runs(atlas: Atlas) -> None:
    jobs = atlas.jobs
    for run in atlas.runs.runs[:MOST_RUNS]:
        names = {column: str(getattr(run, column)) for column in COLUMNS}
        job = SimpleNamespace(**names, checkpoint="final")
        assert parse_run(jobs.run_json(job)) == run
        _check_length(jobs.run_json(job))
        _check_paths([jobs.checkpoint_weights(job), *jobs.training_inputs(job).values()])
        more = jobs.more_for_training(job)
        assert all(isinstance(path, str) for path in more)
        assert isinstance(jobs.training_options(job, SimpleNamespace(more=more)), str)
        _check_requests(atlas, job, "train")
        for name, spec in atlas.study.probes.items():
            job.probe = name
            assert parse_probe(jobs.probe_json(job)) == spec
            _check_length(jobs.probe_json(job))
            seen = [*jobs.stores_of_seeds(job), *jobs.stores_of_checkpoints(job)]
            _check_paths([jobs.probe_data(job), *jobs.left_out(job), *seen])
            left_out = SimpleNamespace(without=jobs.left_out(job))
            assert isinstance(jobs.extract_options(job, left_out), str)
            _check_requests(atlas, job, *OF_A_PROBE)
        for name in jobs.selections:
            job.selection = name
            _check_paths(jobs.selection_inputs(job).values())
            fraction = float(jobs.selection_options(job).split()[-1])
            assert fraction == jobs.selections[name].fraction


def _plan_units(atlas: Atlas) -> None:
    units = atlas.unit_jobs
    if units is None:
        return
    assert [float(text) for text in units.alphas.split()] == list(units.spec.alphas)
    probes = [units.spec.probe, *units.spec.shifts.values()]
    for group, probe in product(units.groups, probes):
        job = SimpleNamespace(group=group, probe=probe, checkpoint="final")
        assert parse_runs(units.runs_json(job)) == units.groups[group]
        parse_units(units.units_json(job))
        _check_length(units.units_json(job))
        _check_paths([*units.weights(job), units.data(job), *units.stores(job)])
        _check_requests(atlas, job, *units.sizes)


def _plan_ensembles(atlas: Atlas) -> None:
    ensembles, paper = atlas.ensembles, atlas.study.alignment_snr
    if paper is None:
        return
    simulation = SimulationSpec.model_validate_json(ensembles.simulation_json(SimpleNamespace()))
    assert simulation == paper.simulation
    for name, spec in ensembles.specs.items():
        job = SimpleNamespace(ensemble=name)
        assert EnsembleSpec.model_validate_json(ensembles.spec_json(job)) == spec
        _check_length(ensembles.spec_json(job))
        _check_paths(ensembles.data(job))
        _check_requests(atlas, job, "train_ensemble")


def _plan_dynamics(atlas: Atlas) -> None:
    dynamics = atlas.dynamics
    if dynamics is None:
        return
    for task in FOLLOWED:
        for name in getattr(dynamics.spec, task):
            job = SimpleNamespace(task=task, followed=name)
            TwoPointsSpec.model_validate_json(dynamics.points_json(job))
            _check_length(dynamics.points_json(job))
            _check_requests(atlas, job, "follow_points")
    for name in dynamics.spec.xor:
        job = SimpleNamespace(followed=name)
        XorSpec.model_validate_json(dynamics.xor_json(job))
        _check_length(dynamics.xor_json(job))
        _check_requests(atlas, job, "follow_xor")
    for name, spec in dynamics.spec.images.items():
        job = SimpleNamespace(followed=name)
        assert ImagesSpec.model_validate_json(dynamics.images_json(job)) == spec
        _check_requests(atlas, job, "follow_images")
        _check_paths([dynamics.images_data(job)])
    if dynamics.spec.context is not None:
        job = SimpleNamespace()
        assert ContextSpec.model_validate_json(dynamics.context_json(job)) == dynamics.spec.context
        _check_requests(atlas, job, "follow_context")
    for task, known in zip(FITTED, (dynamics.spec.trajectories, dynamics.spec.images), strict=True):
        for name in known:
            _check_requests(atlas, SimpleNamespace(task=task, followed=name), "fit_trajectories")
    for name in dynamics.spec.grids:
        _check_paths([dynamics.rates(SimpleNamespace(followed=name))])
    _check_paths(dynamics.compared(SimpleNamespace()))


def _check_paths(paths) -> None:
    """Nothing in a path needs quoting or leaves the results, and a disk takes each name."""
    for path in paths:
        assert SAFE.fullmatch(path), path
        parts = path.split("/")
        assert ".." not in parts, path
        assert max(map(len, parts)) < LONGEST_NAME - len(".tmp"), path


def _check_length(text: str) -> None:
    """A program can be started with it as an argument."""
    assert len(text.encode()) < LONGEST_ARGUMENT


def _check_requests(atlas: Atlas, job: SimpleNamespace, *rules: str) -> None:
    """Memory in MB and time in minutes are whole and such as a scheduler takes."""
    for rule in rules:
        for request in (atlas.requests.memory(rule), atlas.requests.minutes(rule)):
            amount = request(job, 1)
            assert isinstance(amount, int)
            assert 0 < amount < 2**63, (rule, amount)


LINE = re.compile(r"[^\s:][^:\n]*(:[^:\s][^:\n]*)*: \S[^\n]*")


def fault_lines(message: str) -> bool:
    """Whether a message is lines that start with where the fault is and can all be read."""
    lines = message.split("\nerror: ")
    return (
        all(
            LINE.fullmatch(line) and line.isprintable() and len(line) < LONGEST_LINE
            for line in lines
        )
        and len(lines) <= MOST_LINES
    )
