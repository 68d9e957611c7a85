"""Networks of the user whose module fails, ends the program, or is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from training_cases import tiny_dataset, tiny_run

from repatlas.data.dataset import write_dataset
from repatlas.errors import InputError
from repatlas.networks.build import build_model
from repatlas.networks.spec import NetworkSpec

ROOT = Path(__file__).parents[2]

MODULES = {
    "__init__": "",
    "raises": 'raise RuntimeError("two\\nlines")',
    "exits": "import sys; sys.exit(0)",
    "beyond": "class Odd(BaseException): pass\nraise Odd('odd')",
    "mute": """
class Mute(Exception):
    def __str__(self): raise ValueError
raise Mute
""",
    "moves": """
import os
os.chdir(os.sep)
def build(num_classes): return 3
""",
    "vanishes": "import sys; sys.modules[__name__] = None",
    "parts": """
import torch

number = 3

class Lazy:
    def __getattr__(self, name): raise RuntimeError("never")

lazy = Lazy()

def exits(num_classes): raise SystemExit("bye")

def endless(num_classes): return endless(num_classes)

class Unsigned:
    __signature__ = 3
    def __call__(self, **arguments): return 1

unsigned = Unsigned()

class Exits(torch.nn.Module):
    def __init__(self, num_classes): super().__init__()
    def forward(self, x): raise SystemExit(0)

class Unborn(torch.nn.Module):
    def __init__(self, num_classes): pass
""",
}


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name, code in MODULES.items():
        (folder / f"{name}.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "hostile"]:
        del sys.modules[name]


def build(source):
    spec = NetworkSpec.model_validate({"import": source})
    return build_model(spec, 0, 0, 3, (3, 8, 8))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("nope.nope:build", "no module nope in"),
        ("os.path.nope:build", r"no module os\.path\.nope in"),
        ("os:system", "TypeError: .*'command'"),
        ("os.system:build", r"no module os\.system in"),
        ("builtins:dict", "returned a dict"),
        ("builtins:print", "returned a NoneType"),
        ("numpy:dot", "TypeError"),
        ("torch.nn:Linear", "TypeError: .*in_features"),
        ("torchvision:get_model", "no such classification network"),
        ("hostile.raises:build", r"RuntimeError: two lines \(.*raises.py, line 1\)"),
        ("hostile.exits:build", r"SystemExit: 0 \(.*exits.py, line 1\)"),
        ("hostile.beyond:build", "Odd: odd"),
        ("hostile.mute:build", "Mute: it has no message"),
        ("hostile.moves:build", "returned a int"),
        ("hostile.vanishes:build", "has no build"),
        ("hostile.parts:number.real.x", "has no number.real.x"),
        ("hostile.parts:lazy", "cannot be called"),
        ("hostile.parts:lazy.x", "RuntimeError: never"),
        ("hostile.parts:exits", "SystemExit: bye"),
        ("hostile.parts:endless", "RecursionError"),
        ("hostile.parts:unsigned", "returned a int"),
        ("hostile.parts:Exits", "on images of 3x8x8: SystemExit: 0"),
        ("hostile.parts:Unborn", "on images of 3x8x8: AttributeError"),
    ],
)
def test_a_network_that_cannot_be_made_is_told_in_one_line(hostile, source, reason):
    with pytest.raises(InputError, match=rf"import {source}.*{reason}") as caught:
        build(source)
    assert "\n" not in str(caught.value)
    assert Path.cwd() == hostile


@pytest.mark.parametrize(
    "source",
    [
        "os.system",
        "..hostile:build",
        "hostile..raises:build",
        "hostile.parts:number.",
        ".raises:build",
        "a/b:c",
        "a:b;c",
        "a:",
        ":b",
        "a b:c",
    ],
)
def test_what_is_no_name_of_a_function_is_refused_before_any_import(source):
    with pytest.raises(ValueError, match="names no function"):
        NetworkSpec.model_validate({"import": source})


@pytest.mark.usefixtures("hostile")
def test_an_interruption_stays_one(monkeypatch):
    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr("importlib.import_module", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build("hostile.parts:Exits")


def test_a_module_that_ends_the_program_fails_the_job(hostile):
    """Exit status 0 would tell the workflow that weights have been written."""
    write_dataset(tiny_dataset(), hostile / "data.h5")
    before = set(hostile.iterdir())
    spec = NetworkSpec.model_validate({"import": "hostile.exits:build"})
    run = tiny_run(spec, depth=0).model_dump_json(by_alias=True)
    outputs = ("model", "checkpoints", "history", "record")
    done = subprocess.run(
        [
            *(sys.executable, ROOT / "scripts" / "train.py", "--run", run, "--data", "data.h5"),
            *("--scratch", "out/scratch", "--threads", "1", "--device", "cpu"),
            *(part for name in outputs for part in (f"--{name}", f"out/{name}")),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.count("error: ") == 1
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "SystemExit: 0" in done.stderr
    assert "Traceback" not in done.stderr
    left = (
        {path.name for path in (hostile / "out").rglob("*")}
        if (hostile / "out").exists()
        else set()
    )
    assert not left & set(outputs)
    assert set(hostile.iterdir()) - before <= {hostile / "out"}
