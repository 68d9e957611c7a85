"""From a spec to a data set, whatever its source."""

import dataclasses

from repatlas.data.dataset import Dataset, Split
from repatlas.data.spec import DataSpec
from repatlas.data.statistics import image_statistics
from repatlas.errors import InputError


def load_dataset(name: str, spec: DataSpec) -> Dataset:
    """Read, cut and choose the images of a spec, with their statistics.

    Parameters
    ----------
    name
        What the study calls the data set.
    spec
        Its source, size and amounts.

    Returns
    -------
    Dataset
        The same on every call.

    Raises
    ------
    InputError
        The images are absent, damaged or too few.
    """
    try:
        classes, train, test = _load(spec)
    except InputError as error:
        raise InputError(f"data set '{name}': {error}") from error
    return Dataset(name, spec, classes, _with_statistics(train), _with_statistics(test))


def _load(spec: DataSpec) -> tuple[tuple[str, ...], Split, Split]:
    # Imported where needed: torchvision alone takes seconds.
    match spec.source:
        case "photos":
            from repatlas.data.photos import load_photos

            return load_photos(spec)
        case "digits":
            from repatlas.data.digits import load_digits

            return load_digits(spec)
        case "tree":
            from repatlas.data.tree import load_tree

            return load_tree(spec)
        case _:
            from repatlas.data.torchvision_sets import load_torchvision

            return load_torchvision(spec)


def _with_statistics(split: Split) -> Split:
    return dataclasses.replace(split, statistics=image_statistics(split.images))
