"""Planning the paper-scale study beside bare Snakemake with as many jobs, in one run.

    python benchmarks/dry_run.py [--repeats 3] [--study workflow/studies/paper.yaml]

The bare workflow has one job a file in two layers and a target that gathers them: the least that
Snakemake can do for so many jobs. The dressed one is the same with what every rule of this workflow
has beside inputs and outputs (log, benchmark, environment, resources, parameters, a message), all
of them constants.
"""

import argparse
import re
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]

BARE = """
rule all:
    input:
        expand("made/{{n}}.b", n=range({half})),


rule first:
    output:
        "made/{{n}}.a",{dress}    shell:
        "touch {{output}}"


rule second:
    input:
        "made/{{n}}.a",
    output:
        "made/{{n}}.b",{dress}    shell:
        "touch {{output}}"
"""

DRESS = """
    log:
        "logs/{n}.log",
    benchmark:
        "benchmarks/{n}.jsonl"
    conda:
        "environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime="30m",
    params:
        run="run",
        code="code",
    message:
        "make {wildcards.n}"
"""


def main() -> None:
    """Time both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--study", default="workflow/studies/paper.yaml")
    given = parser.parse_args()
    ours = ["snakemake", "--configfile", given.study, "--dry-run", "--quiet"]
    jobs = count_jobs(ours)
    plain = ["snakemake", "--dry-run", "--quiet"]
    with tempfile.TemporaryDirectory() as bare, tempfile.TemporaryDirectory() as dressed:
        write_workflow(Path(bare), jobs, "\n")
        write_workflow(Path(dressed), jobs, DRESS)
        places = [(plain, Path(bare)), (plain, Path(dressed)), (ours, ROOT)]
        times = [[seconds(*place) for place in places] for _ in range(given.repeats)]
    best = [min(column) for column in zip(*times, strict=True)]
    print(f"jobs                 {jobs}")
    for name, found in zip(("bare", "dressed", Path(given.study).stem), best, strict=True):
        print(f"{name:<20} {found:.2f} s, {best[-1] / found:.2f} times as long for the study")


def write_workflow(folder: Path, jobs: int, dress: str) -> None:
    """Write a workflow of so many jobs, or one fewer."""
    (folder / "Snakefile").write_text(BARE.format(half=(jobs - 1) // 2, dress=dress))
    (folder / "environment.yaml").write_text("channels: [conda-forge]\n")


def count_jobs(command: list[str]) -> int:
    """Total of the table of jobs that a dry run prints."""
    plain = [part for part in command if part != "--quiet"]
    text = subprocess.run(plain, cwd=ROOT, capture_output=True, text=True, check=True)
    totals = re.findall(r"^total\s+(\d+)", text.stdout + text.stderr, flags=re.MULTILINE)
    return int(totals[-1])


def seconds(command: list[str], folder: Path) -> float:
    """Wall time of a command."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
