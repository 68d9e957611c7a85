"""From a store and its similarity file to a list of images."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from feature_stores import BATCH, RUN, write_feature_store

from repatlas.data.examples import read_examples
from repatlas.errors import InputError
from repatlas.similarity.choose import choose_examples, reference_of
from repatlas.similarity.files import compare_stores
from repatlas.store.reader import ActivationStore
from repatlas.store.spec import parse_probe

SCRIPT = Path(__file__).parents[2] / "scripts" / "choose_examples.py"
COUNT, FAR = 60, [7, 20, 33, 41, 58]


def block_features(seed=0):
    """Ten layers, of which 3 to 8 are a block that five images carry."""
    generator = np.random.default_rng(seed)
    features = []
    for layer in range(10):
        values = generator.normal(size=(COUNT, 12))
        if 3 <= layer <= 8:
            values[FAR] += np.outer(100 + np.arange(5), generator.normal(size=12))
        features.append(values.astype(np.float32))
    return features


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("choose")
    names = [f"train/{row:03d}" for row in range(COUNT)]
    write_feature_store(folder / "store.h5", block_features(), ids=names)
    compare_stores([folder / "store.h5"], "within", folder / "similarity.h5")
    return folder / "store.h5", folder / "similarity.h5"


def test_dominant_images_are_those_that_carry_the_block(files, tmp_path):
    choose_examples(*files, "dominant", 5 / COUNT, tmp_path / "list.json")
    found = read_examples(tmp_path / "list.json")
    assert sorted(found.ids) == [f"train/{row:03d}" for row in FAR]
    assert found.layer in ("layer5", "layer6")
    assert (found.images, found.fraction) == ("dominant", 5 / COUNT)
    assert found.run == RUN
    assert parse_probe(found.probe).batch_size == BATCH


@pytest.mark.parametrize("images", ["random", "matched"])
def test_controls_are_as_many(files, tmp_path, images):
    choose_examples(*files, images, 0.1, tmp_path / "list.json")
    found = read_examples(tmp_path / "list.json")
    assert len(found.ids) == 6
    assert found.images == images
    if images == "matched":
        dominant = {f"train/{row:03d}" for row in FAR}
        assert not dominant & set(found.ids)


def test_matched_images_have_the_largest_norms_of_what_is_left(files, tmp_path):
    choose_examples(*files, "matched", 5 / COUNT, tmp_path / "list.json")
    with ActivationStore(files[0]) as store:
        norms = store.activation_norms[reference_of(store, files[1])].copy()
        ids = store.ids
    norms[FAR] = 0
    assert set(read_examples(tmp_path / "list.json").ids) == set(ids[np.argsort(-norms)[:5]])


def test_network_is_found_among_others(files, tmp_path):
    names = [f"train/{row:03d}" for row in range(COUNT)]
    write_feature_store(tmp_path / "other.h5", block_features(1), ids=names, seed=1)
    with (
        ActivationStore(tmp_path / "other.h5") as other,
        pytest.raises(InputError, match=r"similarity\.h5 is not about .*other\.h5"),
    ):
        reference_of(other, files[1])


def test_network_that_does_not_vary_is_told_in_one_line(tmp_path):
    features = [np.ones((20, 4), np.float32)] * 2
    write_feature_store(tmp_path / "store.h5", features)
    compare_stores([tmp_path / "store.h5"], "within", tmp_path / "similarity.h5")
    with pytest.raises(InputError, match="no block output varies over the probe set"):
        choose_examples(
            tmp_path / "store.h5", tmp_path / "similarity.h5", "dominant", 0.1, tmp_path / "l.json"
        )
    assert not (tmp_path / "l.json").exists()


@pytest.mark.parametrize(
    ("images", "fraction", "message"),
    [
        ("dominant", 0, "between 0 and 1"),
        ("dominant", 1.5, "between 0 and 1"),
        ("matched", 0.5, "below 0.5"),
    ],
)
def test_impossible_fractions_are_refused(files, tmp_path, images, fraction, message):
    with pytest.raises(InputError, match=message):
        choose_examples(*files, images, fraction, tmp_path / "list.json")


def test_script_writes_the_list_without_torch(files, tmp_path):
    code = (
        "import runpy, sys; "
        f"sys.argv = ['choose_examples.py', '--store', {str(files[0])!r}, '--similarity', "
        f"{str(files[1])!r}, '--images', 'random', '--fraction', '0.1', '--output', "
        f"{str(tmp_path / 'list.json')!r}]; "
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__'); "
        "print([name for name in ('torch', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr.startswith("6 of 60 images, random, by layer")
    assert json.loads((tmp_path / "list.json").read_text())["images"] == "random"
