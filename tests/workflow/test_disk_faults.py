"""Studies on disks that are full or can only be read."""

from pathlib import Path

import pytest
from small_disk import WHY_NOT, can_mount, read_only, resize, small_disk

NETWORK = "data~photos/training~standard/network~resnet/depth~8/width~1/seed~0/order~0"
WEIGHTS = f"results/tiny/models/{NETWORK}/model.safetensors"


@pytest.fixture(autouse=True)
def _mounting(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    if not can_mount(empty):
        pytest.skip(WHY_NOT)


def test_a_full_disk_is_told_and_once_there_is_room_the_same_command_finishes(checkout, finished):
    results = checkout.folder / "results"
    with small_disk(results, 600_000):
        done = checkout.snakemake("--logger", "atlas", "--", WEIGHTS)
        assert done.returncode == 1
        assert "failed: train resnet depth 8" in done.stdout
        assert f"no space left on the disk of results/tiny/scratch/{NETWORK}" in done.stdout
        assert "Traceback" not in done.stdout
        assert not [name for name in checkout.files() if ".tmp" in name]
        resize(results, 50_000_000)
        done = checkout.snakemake(WEIGHTS)
        assert done.returncode == 0, done.stdout
        assert (checkout.folder / WEIGHTS).read_bytes() == (finished.folder / WEIGHTS).read_bytes()


def test_results_that_can_only_be_read_end_in_one_line_if_something_is_to_be_written(
    finished_copy,
):
    results = finished_copy.folder / "results"
    with read_only(results):
        done = finished_copy.reproduce()
        assert done.returncode == 0, done.stdout
        assert "Nothing to be done" in done.stdout
    (results / "tiny/report.html").unlink()
    with read_only(results):
        done = finished_copy.reproduce()
    assert done.returncode == 1
    told = [line for line in done.stdout.splitlines() if line]
    assert told == [
        "error: results/tiny lies on a disk that can only be read: mount it for writing"
    ]
