"""Snakemake on a study of ten thousand jobs that do nothing: seconds a job, memory of the process.

    python benchmarks/scale.py                      # the local executor
    python benchmarks/scale.py --executor slurm-atlas --batches 20      # a batch of it, on Slurm

The paper-scale study is enlarged by further seeds of every grid, and its rules are copied with a
command that only makes their outputs: what is left is what Snakemake itself needs. On Slurm one
batch of `--batches` runs; `python tests/workflow/one_node_slurm.py COMMAND` gives any command a
Slurm of one node. A run is stopped after `--minutes`; jobs that were done by then are counted.
"""

import argparse
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).parents[1]
COPIED = ("Snakefile", "config.yaml", "workflow", "scripts", "envs", "src", "profiles")

SHELL = re.compile(r'^( +)shell:\n(?:\1 +"[^\n]*\n)+', flags=re.MULTILINE)
"""A rule's command: lines of strings below the word."""

COMMAND = '{indent}shell:\n{indent}    "sh touch.sh {{output}} > {{log}}"\n'

TOUCH = """
for output; do
    case $output in
        */checkpoints) mkdir -p $output ;;
        *) : > $output ;;
    esac
done
"""


def main() -> None:
    """Run and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executor", default="local", choices=("local", "slurm-atlas"))
    parser.add_argument("--seeds", type=int, default=45, help="seeds of the study's grids of ten")
    parser.add_argument("--batches", type=int, default=1, help="run the first of so many batches")
    parser.add_argument("--scheduler", default="greedy", choices=("ilp", "greedy"))
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_workflow(folder, given.seeds)
        options = ["--configfile", "large.yaml"]
        if given.batches > 1:
            options += ["--batch", f"all=1/{given.batches}"]
        plan = run(folder, [*options, "--dry-run"], given.minutes)
        options += {
            "local": ["--cores", str(os.cpu_count()), "--quiet", "rules"],
            "slurm-atlas": ["--profile", "workflow/profiles/slurm"],
        }[given.executor]
        whole = run(folder, [*options, "--scheduler", given.scheduler], given.minutes)
    jobs = max(1, whole.done)
    print(f"executor            {given.executor}, {os.cpu_count()} cores")
    print(
        f"jobs planned        {plan.planned} in {plan.seconds:.0f} s ({plan.busy:.0f} s of a core)"
    )
    print(f"jobs done           {whole.done} in {whole.seconds:.0f} s, planning included")
    print(f"seconds a job       {(whole.seconds - plan.seconds) / jobs:.3f}, without planning")
    print(f"of the main process {(whole.busy - plan.busy) / jobs:.3f} s of a core")
    print(f"memory, main        {whole.memory:.0f} MB at most")


def write_workflow(folder: Path, seeds: int) -> None:
    """Copy the workflow with commands that do nothing, and a study with so many seeds."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name, follow_symlinks=False)
    for path in (folder / "workflow" / "rules").glob("*.smk"):
        idle = SHELL.sub(lambda found: COMMAND.format(indent=found[1]), path.read_text())
        path.write_text(idle)
    (folder / "touch.sh").write_text(TOUCH)
    study = yaml.safe_load((ROOT / "workflow" / "studies" / "paper.yaml").read_text())
    for grid in study["grids"].values():
        if len(grid["seeds"]) == 10:
            grid["seeds"] = list(range(seeds))
    (folder / "large.yaml").write_text(yaml.safe_dump(study))


@dataclass
class Measured:
    """One run of Snakemake.

    Attributes
    ----------
    planned, done
        Jobs of the plan, and those that were done before it ended or was stopped.
    seconds
        From its start to its end.
    busy
        Seconds of a core that the main process took, without its children.
    memory
        Largest memory of the main process, in MB.
    """

    planned: int = 0
    done: int = 0
    seconds: float = 0.0
    busy: float = 0.0
    memory: float = 0.0

    def look(self, process: psutil.Process) -> None:
        """Take the measures of a running process; those of one that has ended stay as they were."""
        try:
            used = process.cpu_times()
            status = Path(f"/proc/{process.pid}/status").read_text()
        except (psutil.NoSuchProcess, OSError):
            return
        self.busy = used.user + used.system
        peak = re.search(r"^VmHWM:\s+(\d+) kB", status, flags=re.MULTILINE)
        self.memory = int(peak[1]) / 1e3 if peak else self.memory


def run(folder: Path, options: list[str], minutes: float) -> Measured:
    """Run Snakemake and measure its main process."""
    measured = Measured()
    log = folder / "snakemake.log"
    start = time.perf_counter()
    with log.open("w") as out:
        process = psutil.Popen(
            ["snakemake", "all", *options],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder / "src")},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            measured.look(process)
            if time.perf_counter() - start > 60 * minutes:
                # Killed, since it would finish what runs first; its log counts what is done.
                process.kill()
            time.sleep(0.2)
    measured.seconds = time.perf_counter() - start
    text = log.read_text()
    totals = re.findall(r"^total +(\d+)", text, flags=re.MULTILINE)
    if not totals:
        raise SystemExit(f"error: Snakemake planned nothing:\n{text[-2000:]}")
    steps = re.findall(r"^(\d+) of \d+ steps", text, flags=re.MULTILINE)
    measured.planned, measured.done = int(totals[0]), int(steps[-1]) if steps else 0
    return measured


if __name__ == "__main__":
    main()
