import subprocess
import sys

import pytest
from pydantic import ValidationError

from repatlas.data.examples import ExampleList, read_examples, write_examples
from repatlas.errors import InputError


def examples(**changes):
    values = {
        "layer": "stage2.block3.relu2",
        "probe": '{"count": 40}',
        "images": "dominant",
        "fraction": 0.1,
        "ids": ("train/straße/0003", "train/b/0001"),
        "run": {"data": "photos", "seed": 3, "data_spec": {"size": None, "train": 0.0625}},
    }
    return ExampleList(**values | changes)


def test_list_is_read_back_as_it_was_written(tmp_path):
    write_examples(examples(), tmp_path / "list.json")
    assert read_examples(tmp_path / "list.json") == examples()
    assert [path.name for path in tmp_path.iterdir()] == ["list.json"]


def test_same_list_gives_the_same_bytes(tmp_path):
    for name in ("one.json", "two.json"):
        write_examples(examples(), tmp_path / name)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


@pytest.mark.parametrize(
    "changes",
    [{"ids": ()}, {"ids": ("a", "b", "a")}, {"fraction": 0}, {"fraction": 1}, {"images": "all"}],
)
def test_impossible_lists_are_refused(changes):
    with pytest.raises(ValidationError):
        examples(**changes)


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"ids": ["a"]}', b"[1, 2]", b"\x89HDF\r\n\xff\xfe", b'{"run": {}}']
)
def test_foreign_files_are_refused_in_one_line(tmp_path, content):
    path = tmp_path / "list.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"list\.json is no list of examples") as caught:
        read_examples(path)
    assert "\n" not in str(caught.value)


def test_absent_file_and_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.json does not exist: choose the examples first"):
        read_examples(tmp_path / "none.json")
    with pytest.raises(InputError, match="is no list of examples"):
        read_examples(tmp_path)


def test_reading_needs_nothing_heavy():
    code = (
        "import sys, repatlas.data.examples; "
        "print([name for name in ('numpy', 'torch', 'h5py') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_field_is_described():
    assert all(field.description for field in ExampleList.model_fields.values())
