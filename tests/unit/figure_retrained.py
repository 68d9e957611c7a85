"""Stand-in results of retrained and of crossed networks, in the real formats, without training."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from figure_files import (
    BLOCK,
    make_data,
    make_similarity,
    make_store,
    planted_activations,
    run_spec,
)

DEPTH = 14

RECIPES = {"standard": 0, "removed": 1, "recolored": 2, "random_removed": 0}
"""By how many places the favoured colour has moved on."""


def _folder():
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return folder


@functools.cache
def retraining_study(seeds=(0, 1)):
    """A network with a block by recipe and seed; made once for all tests, which only read it."""
    folder = _folder()
    files = {"data": make_data(folder / "data.h5"), "stores": [], "similarity": []}
    for recipe, moved in RECIPES.items():
        for seed in seeds:
            path = folder / f"store_{recipe}_{seed}.h5"
            run = run_spec(DEPTH, seed=seed, training=recipe)
            make_store(path, files["data"], run, block=BLOCK, planted=_planted((seed + moved, 1)))
            files["stores"].append(path)
            files["similarity"].append(make_similarity(folder / f"{path.stem}_within.h5", path))
    return files


@functools.cache
def crossed_study(seeds=(0, 1), orders=(0, 1), depth=DEPTH):
    """Networks of crossed seeds and orders: the seed makes most of what they do."""
    folder = _folder()
    files = {"data": make_data(folder / "data.h5"), "stores": [], "similarity": []}
    for seed in seeds:
        for order in orders:
            path = folder / f"store_{seed}_{order}.h5"
            run = run_spec(depth, seed=seed, order=order)
            planted = _planted((seed, 1), (order + 7, 0.4))
            make_store(path, files["data"], run, block=BLOCK, planted=planted)
            files["stores"].append(path)
            files["similarity"].append(make_similarity(folder / f"{path.stem}_within.h5", path))
    files["similarity"].append(make_similarity(folder / "between.h5", *files["stores"]))
    return files


def _planted(*parts):
    """Activations that are a weighted sum of those planted for some seeds."""

    def planted(layers, border, _, block):
        made = [planted_activations(layers, border, seed, block) for seed, _ in parts]
        weights = [weight for _, weight in parts]
        for features in zip(*made, strict=True):
            yield sum(weight * one for weight, one in zip(weights, features, strict=True))

    return planted
