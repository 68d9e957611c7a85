"""Requests as Snakemake passes them on."""

import json

from repatlas.workflow.resources.benchmarks import read_benchmarks
from repatlas.workflow.resources.coefficients import COEFFICIENTS_FILE, read_coefficients

FAILING_FIRST = """
import json, os, sys
from pathlib import Path

told = Path("told.json")
earlier = json.loads(told.read_text()) if told.exists() else []
device = sys.argv[sys.argv.index("--device") + 1]
told.write_text(json.dumps([*earlier, [device, os.environ.get("REPATLAS_GPU_JOBS")]]))
if not earlier:
    sys.exit("the first attempt fails")
Path(sys.argv[-1]).write_text("")
"""


def test_a_second_attempt_asks_for_more_and_jobs_know_how_many_share_the_gpus(checkout):
    script = checkout.folder / "scripts" / "train_ensembles.py"
    script.write_text(FAILING_FIRST)
    target = "results/tiny/ensembles/linear.h5"
    done = checkout.snakemake(target, "--retries", "1", "--resources", "gpu_jobs=6")
    assert done.returncode == 0, done.stdout
    told = json.loads((checkout.folder / "told.json").read_text())
    assert told == [["auto:1", "6"], ["auto:2", "6"]]

    benchmarks = checkout.folder / "results" / "tiny" / "benchmarks"
    (record,) = read_benchmarks(benchmarks)
    assert (record.rule, record.wildcards.ensemble) == ("train_ensemble", "linear")
    line = json.loads(next(benchmarks.rglob("*.jsonl")).read_text())
    known = read_coefficients(checkout.folder / COEFFICIENTS_FILE)
    first = known.of("train_ensemble")
    asked = line["resources"]
    # The size of so small a job adds less than a tenth.
    assert 1 <= asked["mem_mb"] / (1.5 * (known.snakemake_mb + first.memory.base)) < 1.1
    assert 1 <= asked["runtime"] / (2 * first.minutes.base) < 1.1
