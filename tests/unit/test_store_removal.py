"""Probe sets without the images that carry the block: from the choice to the store."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from store_runs import IMAGES, run_spec, write_run
from store_samples import probe, split

from repatlas.data.examples import read_examples, write_examples
from repatlas.errors import InputError
from repatlas.similarity.choose import choose_examples
from repatlas.similarity.files import compare_stores
from repatlas.store.extract import extract
from repatlas.store.probe import make_probe
from repatlas.store.reader import ActivationStore
from repatlas.store.removal import removed_ids
from repatlas.store.spec import ProbeSpec, Without

SCRIPT = Path(__file__).parents[2] / "scripts" / "extract.py"
FRACTION, REMOVED = 0.25, 6
BASE = {"batch_size": 8, "components": 2}


def without(images="dominant", fraction=FRACTION, **options):
    """A probe set like the one that the images are chosen from, but for them."""
    return ProbeSpec(
        **BASE | options, without=Without(probe="base", images=images, fraction=fraction)
    )


def take(folder, name, spec, **options):
    extract(
        options.pop("run", run_spec()),
        "final",
        folder / "model.safetensors",
        spec,
        folder / "data.h5",
        folder / name,
        device="cpu",
        **options,
    )
    return folder / name


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run with stores of its test and training images and lists of chosen ones."""
    folder = tmp_path_factory.mktemp("removal")
    write_run(folder)
    for part in ("test", "train"):
        store = take(folder, f"{part}.h5", ProbeSpec(**BASE, split=part))
        compare_stores([store], "within", folder / f"{part}_similarity.h5")
        for images in ("dominant", "random", "matched"):
            choose_examples(
                store,
                folder / f"{part}_similarity.h5",
                images,
                FRACTION,
                folder / f"{part}_{images}.json",
            )
    return folder


@pytest.mark.parametrize("part", ["test", "train"])
@pytest.mark.parametrize("images", ["dominant", "random", "matched"])
def test_f1_removed_images_are_gone_and_all_others_remain(folder, part, images):
    """Fault F1 of the released code: what was to be removed stayed in the evaluated set."""
    chosen = folder / f"{part}_{images}.json"
    path = take(folder, "without.h5", without(images, split=part), without=chosen)
    removed = set(read_examples(chosen).ids)
    assert len(removed) == REMOVED
    assert all(name.startswith(f"{part}/") for name in removed)
    with ActivationStore(folder / f"{part}.h5") as whole, ActivationStore(path) as store:
        kept = [row for row, name in enumerate(whole.ids.tolist()) if name not in removed]
        assert store.n == IMAGES - REMOVED == len(kept)
        assert not removed & set(store.ids.tolist())
        np.testing.assert_array_equal(store.ids, whole.ids[kept])
        np.testing.assert_array_equal(store.labels, whole.labels[kept])
        np.testing.assert_allclose(store.logits, whole.logits[kept], atol=1e-5)
        np.testing.assert_allclose(
            store.activation_norms, whole.activation_norms[:, kept], rtol=1e-5
        )
        # The batches are those of the 18 that are left: 8 and 10, no gap where an image was.
        assert store.batches == [(0, 8), (8, 18)]
        assert store.sample_hash != whole.sample_hash
        assert store.probe.without == Without(probe="base", images=images, fraction=FRACTION)


def test_f1_dominant_images_no_longer_carry_the_component(folder):
    path = take(folder, "without.h5", without(), without=folder / "test_dominant.json")
    examples = read_examples(folder / "test_dominant.json")
    with ActivationStore(folder / "test.h5") as whole, ActivationStore(path) as store:
        layer = whole.index(examples.layer)
        values = np.abs(whole.components([layer])[0, 0])
        rows = [whole.ids.tolist().index(name) for name in examples.ids]
        assert values[rows].min() >= np.delete(values, rows).max()
        assert (np.diff(values[rows]) <= 0).all()
        assert np.linalg.norm(store.components([layer])[0, 0]) == pytest.approx(1, abs=1e-5)


def test_removal_is_refused_unless_spec_and_list_go_together(folder):
    chosen = folder / "test_dominant.json"
    with pytest.raises(InputError, match="give the list of the images as --without"):
        take(folder, "none.h5", without())
    with pytest.raises(InputError, match="the probe set keeps all images; set its `without`"):
        take(folder, "none.h5", ProbeSpec(**BASE), without=chosen)
    for spec, removed in ((without(), ()), (ProbeSpec(**BASE), ("test/class0/0000",))):
        with pytest.raises(InputError, match="go together; give both or neither"):
            make_probe(split(24), spec, "toy", "f", ("a", "b", "c"), removed)
    assert not (folder / "none.h5").exists()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (without(images="random"), "its images is dominant and the probe set's is random"),
        (without(fraction=0.1), "its fraction is 0.25 and the probe set's is 0.1"),
        (without(split="train"), "with split test, and this one has train"),
        (without(count=20), "with count None, and this one has 20"),
        (without(batch_size=12), "with batch_size 8, and this one has 12"),
        (without(data="other"), "with data None, and this one has other"),
        (without(corruption="contrast"), "with corruption None, and this one has contrast"),
    ],
)
def test_list_for_another_probe_set_is_refused(folder, spec, message):
    with pytest.raises(InputError, match=message) as caught:
        removed_ids(folder / "test_dominant.json", run_spec(), spec)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("choose the examples again")


def test_list_of_another_run_is_refused(folder):
    with pytest.raises(InputError, match=r"chosen by another run than RN-8 1x .*seed 3"):
        removed_ids(folder / "test_dominant.json", run_spec(seed=3), without())


def test_more_components_or_another_mode_of_batch_norm_may_be_asked_for(folder):
    spec = without(components=5, batch_norm="batch", raw_layers=("conv",))
    assert len(removed_ids(folder / "test_dominant.json", run_spec(), spec)) == REMOVED


def test_image_that_is_not_in_the_probe_set_is_refused(folder):
    examples = read_examples(folder / "test_dominant.json")
    strange = examples.model_copy(update={"ids": (*examples.ids[:-1], "test/none/0000")})
    write_examples(strange, folder / "strange.json")
    with pytest.raises(InputError, match="image 'test/none/0000' is to be left out and is not"):
        take(folder, "none.h5", without(), without=folder / "strange.json")
    assert not (folder / "none.h5").exists()


def test_too_few_that_remain_are_refused():
    data = split(8)
    spec = ProbeSpec(without=Without(probe="base", fraction=0.7))
    with pytest.raises(InputError, match="3 of 8 images remain"):
        make_probe(data, spec, "toy", "f", ("a", "b", "c"), data.ids[:5].tolist())
    assert len(make_probe(data, spec, "toy", "f", ("a", "b", "c"), data.ids[:4].tolist())) == 4


def test_removed_images_leave_the_others_their_noise():
    noisy = probe(24, corruption="gaussian_noise")
    removed = noisy.ids[3:9].tolist()
    spec = dataclasses.asdict(noisy)["spec"].model_copy(
        update={"without": Without(probe="base", fraction=0.25)}
    )
    left = make_probe(split(24), spec, "toy", "f", ("a", "b", "c"), removed)
    np.testing.assert_array_equal(left.images, np.delete(noisy.images, slice(3, 9), axis=0))


def test_script_takes_the_list(folder):
    options = {
        "run": run_spec().as_json(),
        "checkpoint": "final",
        "weights": folder / "model.safetensors",
        "probe": without().model_dump_json(),
        "data": folder / "data.h5",
        "without": folder / "test_dominant.json",
        "device": "cpu",
        "output": folder / "script.h5",
    }
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "layers on 18 images" in done.stderr
