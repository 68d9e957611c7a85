"""The tiny study, and a copy of the checkout in which it is run for real.

The tests of the workflow and `benchmarks/faults.py` share it.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import yaml

ROOT = Path(__file__).parents[2]

COPIED = ("Snakefile", "config.yaml", "workflow", "scripts", "envs", "src", "profiles")

REPRODUCE = ["python", "scripts/reproduce.py", "--study", "tiny.yaml", "--cores", "2"]
TIMEOUT = 1800
"""Seconds: far more than any run takes, on a busy machine too."""

TINY = {
    "study": "tiny",
    "scale": "smoke",
    "data": {"photos": {"source": "photos", "size": 8, "train": 60, "test": 40}},
    "training": {
        "standard": {
            "epochs": 3,
            "batch_size": 20,
            "warmup_epochs": 1,
            "checkpoints": {"epochs": [1]},
            "precision": "float32",
        }
    },
    "probes": {"test": {"split": "test", "count": 32, "batch_size": 16, "components": 3}},
    "grids": {
        "depth": {
            "data": "photos",
            "network": "resnet",
            "training": "standard",
            "depths": [8, 14],
            "widths": [1],
            "seeds": [0, 1],
        }
    },
    "block_structure": {
        "probe": "test",
        "emergence": {"deeper": "depth"},
        "large": {"grid": "depth", "depth": 14, "width": 1},
        "small": {"grid": "depth", "depth": 8, "width": 1},
    },
    "alignment_snr": {
        "simulation": {"inputs": 10, "ratios": [0.5, 1, 2], "snrs": [1, 10], "replicas": 2},
        "ensembles": {
            "linear": {
                "activation": "linear",
                "inputs": 6,
                "width": 4,
                "samples": [3, 6, 12],
                "snrs": [1, 10],
                "draws": 2,
                "steps": 20,
                "held_out": 32,
            }
        },
    },
}


@dataclass(frozen=True)
class Checkout:
    """A working copy with a study file in it."""

    folder: Path

    def environment(self) -> dict[str, str]:
        """The environment of a user who has installed this very copy."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        kept = {key: value for key, value in os.environ.items() if not key.startswith("REPATLAS")}
        return kept | {"PATH": path, "PYTHONPATH": str(self.folder / "src")}

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs the tiny study."""
        return ["snakemake", "--configfile", "tiny.yaml", "--cores", "2", *arguments]

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake on the tiny study; standard output and error come together."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )

    def start(self, *arguments: str, output: IO[str]) -> subprocess.Popen[str]:
        """Start Snakemake on the tiny study and do not wait for its end."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def reproduce(self) -> subprocess.CompletedProcess[str]:
        """Run the tiny study to its report, as `make reproduce` does."""
        return subprocess.run(
            REPRODUCE,
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )

    def planned(self, *arguments: str) -> dict[str, int]:
        """Jobs that a dry run plans, by rule."""
        done = self.snakemake(*arguments, "--dry-run")
        assert done.returncode == 0, done.stdout
        counts: dict[str, int] = {}
        table = done.stdout.split("Job stats:")[1] if "Job stats:" in done.stdout else ""
        table = table.split("\ntotal")[0]
        for line in table.splitlines():
            match line.split():
                case [rule, count] if count.isdigit():
                    counts[rule] = int(count)
        return counts

    def write_study(self, study: dict) -> None:
        """Put a study in the place of the tiny one."""
        (self.folder / "tiny.yaml").write_text(yaml.safe_dump(study))

    def files(self, below: str = "results/tiny") -> dict[str, bytes]:
        """Every file below a folder with its bytes."""
        root = self.folder / below
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }


def make_checkout(folder: Path) -> Checkout:
    """Copy what a clone would hold, without the results of anyone."""
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir() and not source.is_symlink():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name, follow_symlinks=False)
    checkout = Checkout(folder)
    checkout.write_study(TINY)
    return checkout
