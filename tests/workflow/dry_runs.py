"""Whether Snakemake plans a study as the study says, and each command survives the shell."""

import json
import shlex
import subprocess
from pathlib import Path

import yaml
from conftest import Checkout
from tiny_study import ROOT

from repatlas.config.load import load_study
from repatlas.config.yaml_file import read_yaml
from repatlas.workflow.atlas import Atlas

COMMAND = "Shell command: "
LONGEST_ARGUMENT = 32 * 4096
"""Bytes: Linux starts no program with a longer one."""

NONE = f"{COMMAND}None"


def check_dry_run(checkout: Checkout, values: dict) -> int:
    """Dry-run a study and compare the commands with its runs and figures; give their number."""
    checkout.write_study(values)
    given = read_yaml(checkout.folder / "tiny.yaml")
    atlas = Atlas(ROOT, load_study(ROOT / "config.yaml", given))
    done = checkout.snakemake("--dry-run", "--printshellcmds")
    assert done.returncode == 0, done.stdout[-2000:]
    lines = done.stdout.splitlines()
    commands = [
        line.removeprefix(COMMAND) for line in lines if line.startswith(COMMAND) and line != NONE
    ]
    words = [shlex.split(command) for command in commands]
    for word in (word for command in words for word in command):
        if word.startswith(("{", "[{")):
            json.loads(word)
    assert all(len(text) < LONGEST_ARGUMENT for command in words for text in arguments(command))
    assert sorted(options(words, "train.py", "--run")) == sorted(
        run.as_json() for run in atlas.runs.runs
    )
    assert options(words, "describe_study.py", "<<<") == [atlas.resolved]
    stems = [plan.stem for paper in atlas.papers for plan in paper.figures().values()]
    assert sorted(options(words, "plot_", "--output")) == sorted(stems)
    checked = subprocess.run(
        ["bash", "-n"], input="\n".join(commands), capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
    assert not list(checkout.folder.glob("results"))
    return len(commands)


def arguments(command: list[str]) -> list[str]:
    """What the program is started with: all but what it reads from standard input."""
    return command[: command.index("<<<")] if "<<<" in command else command


def options(commands: list[list[str]], script: str, option: str) -> list[str]:
    """What the commands of a script give as an option."""
    return [
        command[command.index(option) + 1]
        for command in commands
        if command[1].startswith(f"scripts/{script}")
    ]


def give_weights(checkout: Checkout, values: dict) -> bool:
    """Make the files of weights that a study names, and the roots of its data, where they can be.

    Files outside the copy are not made.
    """
    named = [part.get("weights") for part in values.get("networks", {}).values()]
    roots = [part.get("root") for part in values.get("data", {}).values()]
    for name in filter(None, named + roots):
        path = Path(checkout.folder, name)
        if not path.is_relative_to(checkout.folder) or ".." in path.parts:
            return False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        except OSError:
            return False
    return True


def refusals(checkout: Checkout, text: bytes) -> dict[str, str]:
    """What both ways to run a faulty study print, without Snakemake's line about the profile."""
    (checkout.folder / "tiny.yaml").write_bytes(text)
    ways = {
        "reproduce": ["python", "scripts/reproduce.py", "--study", "tiny.yaml"],
        "snakemake": checkout.command(),
    }
    printed = {}
    for way, command in ways.items():
        done = subprocess.run(
            command,
            cwd=checkout.folder,
            env=checkout.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=400,
        )
        assert done.returncode == 1, (way, done.returncode, done.stdout[-2000:])
        assert not (checkout.folder / "results").exists()
        lines = done.stdout.splitlines(keepends=True)
        printed[way] = "".join(line for line in lines if "workflow specific" not in line)
    return printed


def as_yaml(values: dict) -> bytes:
    """The text of a study."""
    return yaml.safe_dump(values, allow_unicode=True).encode("utf-8", "surrogatepass")
