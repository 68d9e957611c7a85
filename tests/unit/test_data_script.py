import runpy
import sys
from pathlib import Path

import pytest

from repatlas.data.dataset import read_dataset

SCRIPT = Path(__file__).parents[2] / "scripts" / "prepare_data.py"


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_writes_the_data_set_and_tells_what_it_is(tmp_path, monkeypatch, capsys):
    spec = '{"source": "digits", "train": 30, "test": 20}'
    run(monkeypatch, "--name", "few", "--spec", spec, "--output", tmp_path / "few.h5")
    dataset = read_dataset(tmp_path / "few.h5")
    assert (dataset.name, len(dataset.train), len(dataset.test)) == ("few", 30, 20)
    assert "few: 30 train and 20 test images of 8 x 8 px in 10 classes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ('{"source": "digits", "train": 5}', "error: data set 'few': 5 gives class"),
        ('{"souce": "digits"}', "error: data spec, souce: Extra inputs"),
    ],
)
def test_bad_spec_ends_in_one_line(tmp_path, monkeypatch, spec, message):
    with pytest.raises(SystemExit) as caught:
        run(monkeypatch, "--name", "few", "--spec", spec, "--output", tmp_path / "few.h5")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())
