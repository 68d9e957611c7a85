"""Studies on a real Slurm: one node, started for these tests and taken down after them."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import one_node_slurm as module
import psutil
import pytest
from conftest import TINY, Checkout
from one_node_slurm import Cluster, missing, one_node_slurm
from test_faults import wait_for

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

PATIENCE = 500
"""Seconds after which a workflow that still runs is taken to hang; it takes one a tenth of it."""

IMPATIENT = [
    "--slurm-atlas-init-seconds-before-status-checks=1",
    "--seconds-between-status-checks=1",
    "--latency-wait=10",
]

TOY = """
rule all:
    input:
        expand("made/{n}", n=range(5)),

rule train:
    output:
        "made/{n}",
    log:
        "logs/{n}.log",
    params:
        first=lambda wildcards: int(wildcards.n == "1"),
    resources:
        mem_mb=lambda wildcards: 400 if int(wildcards.n) < 3 else 500,
        runtime=10,
        attempt=lambda wildcards, attempt: attempt,
    shell:
        "if [ {resources.attempt} = 1 -a {params.first} = 1 ]; then "
        "scancel ${{SLURM_ARRAY_JOB_ID:-}}_${{SLURM_ARRAY_TASK_ID:-}} $SLURM_JOB_ID; "
        "tail -f /dev/null; fi; "
        "echo ${{SLURM_ARRAY_JOB_ID:-alone}} $SLURM_MEM_PER_NODE {resources.attempt} "
        "> {output} 2> {log}"

rule broken:
    output:
        "broken",
    log:
        "logs/broken.log",
    resources:
        mem_mb=400,
        runtime=10,
    shell:
        "echo error: the well is dry > {log}; exit 1"
"""


@pytest.fixture(scope="module")
def slurm() -> Iterator[Cluster]:
    with one_node_slurm() as cluster:
        yield cluster


@pytest.fixture
def toy(tmp_path: Path, checkout: Checkout) -> Checkout:
    """A workflow of a few lines in the place of the study's."""
    (checkout.folder / "Snakefile").write_text(TOY)
    return checkout


@contextmanager
def started(slurm: Cluster, checkout: Checkout, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Snakemake with the profile of this checkout; standard output and error come together."""
    process = subprocess.Popen(
        ["snakemake", *arguments, *IMPATIENT, "--profile", "workflow/profiles/slurm"],
        cwd=checkout.folder,
        env=checkout.environment() | slurm.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def run(slurm: Cluster, checkout: Checkout, *arguments: str) -> tuple[int, str]:
    """Exit status and output of the same."""
    with started(slurm, checkout, *arguments) as process:
        output = process.communicate(timeout=PATIENCE)[0]
    return process.returncode, output


def test_a_study_on_slurm_gives_the_bytes_of_a_local_one(slurm, checkout, finished):
    """Though its networks first get too little memory, and its file is edited while it runs."""
    targets = ["claims", "fig2a_share", "fig2b_seeds"]
    short = "--set-resources=train:mem_mb=60*attempt**6"
    study = [*targets, short, "--configfile", "tiny.yaml"]
    with started(slurm, checkout, *study) as process:
        wait_for(checkout.folder / "results/tiny/config", process)
        checkout.write_study(TINY | {"study": "another"})
        output = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0, output
    here, there = finished.files(), checkout.files()
    compared = [
        name
        for name in there
        if not name.startswith(("logs/", "benchmarks/"))
        and not name.endswith(("run.json", "history.csv"))
    ]
    assert {"claims.json", "figures/block_structure/fig2a_share.png"} <= set(compared)
    assert len([name for name in compared if name.startswith("stores/")]) == 4
    assert [name for name in compared if there[name] != here[name]] == []
    assert output.count("exceeded memory limit") == 4
    assert "as array" in output


def test_an_array_holds_jobs_that_ask_for_the_same_and_a_cancelled_one_is_tried_again(slurm, toy):
    status, output = run(slurm, toy)
    assert status == 0, output
    told = [(toy.folder / f"made/{n}").read_text().split() for n in range(5)]
    (small, memory, attempt), retried = told[0], told[1]
    assert [memory, attempt] == ["400", "1"]
    assert told[2] == told[0]
    assert told[3] == told[4] == [told[3][0], "500", "1"]
    assert told[3][0] != small
    assert retried == ["alone", "400", "2"]
    (log,) = set(re.findall(rf"\S+/rule_train/{small}_\d\.log", output))
    assert "CANCELLED" in Path(log).read_text()
    assert re.search(r"slurmstepd.*CANCELLED", output), "the words of the log are told"


def test_fewer_slots_than_jobs_and_a_failing_job_whose_logs_are_named(slurm, toy):
    status, output = run(slurm, toy, "all", "broken", "--jobs=2", "--retries=1")
    assert status == 1, output
    assert all((toy.folder / f"made/{n}").is_file() for n in range(5)), output
    assert "the well is dry" in output
    logs = toy.folder / ".snakemake/slurm_logs"
    failed = {path for path in logs.rglob("*.log") if str(path) in output and path.is_file()}
    assert {path.relative_to(logs).parts[0] for path in failed} == {"rule_train", "rule_broken"}
    assert len([path for path in failed if "rule_broken" in path.parts]) == 2


def test_a_gpu_is_asked_for_where_a_site_says_so(slurm, toy):
    """Only one job at a time may have the node's one GPU."""
    (toy.folder / "Snakefile").write_text(TOY.replace("echo $", "echo $SLURM_GPUS_ON_NODE $"))
    status, output = run(slurm, toy, "made/3", "made/4", "--set-resources=train:gpu=1")
    assert status == 0, output
    assert [(toy.folder / f"made/{n}").read_text().split()[0] for n in (3, 4)] == ["1", "1"]


def test_an_interrupted_cluster_leaves_nothing_behind():
    script = "sbatch -o /dev/null --wrap 'sleep 999' >&2; echo $SLURM_CONF; sleep 999"
    process = subprocess.Popen(
        [sys.executable, module.__file__, "bash", "-c", script], stdout=subprocess.PIPE, text=True
    )
    configuration = process.stdout.readline().strip()
    assert Path(configuration).is_file()
    assert left_over(configuration)
    process.terminate()
    assert process.wait(PATIENCE) == 128 + 15
    assert not Path(configuration).parent.exists()
    assert left_over(configuration) == []


def left_over(configuration: str) -> list[psutil.Process]:
    """Processes that belong to a cluster, by their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SLURM_CONF") == configuration:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
