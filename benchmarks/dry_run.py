"""Planning the paper-scale study beside bare Snakemake with as many jobs, in one run.

    python benchmarks/dry_run.py [--repeats 3] [--study workflow/studies/paper.yaml]

The bare workflow has one job a file in two layers and a target that gathers them: the least that
Snakemake can do for so many jobs.
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
        "made/{{n}}.a",
    shell:
        "touch {{output}}"


rule second:
    input:
        "made/{{n}}.a",
    output:
        "made/{{n}}.b",
    shell:
        "touch {{output}}"
"""


def main() -> None:
    """Time both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--study", default="workflow/studies/paper.yaml")
    given = parser.parse_args()
    ours = ["snakemake", "--configfile", given.study, "--dry-run", "--quiet"]
    jobs = count_jobs(ours)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "Snakefile").write_text(BARE.format(half=(jobs - 1) // 2))
        bare = ["snakemake", "--dry-run", "--quiet"]
        times = [(seconds(bare, Path(folder)), seconds(ours, ROOT)) for _ in range(given.repeats)]
    bare_time, our_time = (min(column) for column in zip(*times, strict=True))
    print(f"jobs                 {jobs}")
    print(f"bare Snakemake       {bare_time:.2f} s")
    print(f"{Path(given.study).stem:<20} {our_time:.2f} s")
    print(f"ratio                {our_time / bare_time:.2f}")


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
