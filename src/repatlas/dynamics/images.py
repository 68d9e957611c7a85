"""Classes of images as a task: two images are followed step by step, and all classes compared."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from repatlas.data.dataset import Dataset, Split
from repatlas.data.pixels import flat_pixels
from repatlas.data.subset import balanced_subset
from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Networks
from repatlas.dynamics.pair_course import PairCourse
from repatlas.dynamics.point_distances import PointDistances, record_distances
from repatlas.dynamics.replicas import Replica, replicas_of
from repatlas.dynamics.results import PairDistances, Trajectories
from repatlas.dynamics.spec import ImagesSpec
from repatlas.dynamics.train import Losses, Rows, train
from repatlas.errors import InputError

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class FollowedImages(NamedTuple):
    """What was seen of one training.

    Attributes
    ----------
    pair
        Two images, one of each followed class, in every replica.
    classes
        Distances between images of all classes.
    """

    pair: Trajectories
    classes: PairDistances


def follow_images(spec: ImagesSpec, dataset: Dataset, device: torch.device) -> FollowedImages:
    """Train all replicas on a data set, and look at images of it on the way.

    Parameters
    ----------
    spec
        The network, and which images are looked at.
    dataset
        The data set; its training images are learnt.
    device
        Where it is trained.

    Raises
    ------
    InputError
        It is another data set, lacks a class that is followed or has too few images.
    """
    split = dataset.train
    _check(spec, dataset)
    inputs, targets = standardised(split), np.eye(len(dataset.classes))[split.labels]
    replicas = replicas_of(spec.seed, spec.replicas)
    lessons = Lessons.shared(inputs, targets, len(replicas), device)
    networks = Networks(spec.learner, inputs.shape[1], targets.shape[1], replicas, device)
    chosen = np.stack([_pair(split.labels, spec.classes, replica) for replica in replicas])
    course = PairCourse(networks, Lessons.of(inputs[chosen], targets[chosen], device), lessons)
    compared = _compared(split.labels, spec, dataset.classes)
    points = PointDistances(networks, lessons.inputs[:, torch.from_numpy(compared)])

    def look(step: int, networks: Networks, rows: Rows) -> Losses:
        losses = course.look(step, networks, rows)
        points.see(networks, rows, losses)
        return losses

    train(networks, lessons, replicas, look)
    settings, seeds = spec.model_dump(mode="json"), [replica.seed for replica in replicas]
    labels = split.labels[compared, None].astype(np.float64)
    parts = {"inputs": inputs[compared], "targets": targets[compared]}
    return FollowedImages(
        course.record(settings, np.array(seeds)),
        record_distances(settings, {spec.data: points}, seeds, labels, **parts),
    )


def standardised(split: Split) -> Floats:
    """Pixels of images as rows (n, d), less their mean, over their deviation; one of each for all.

    The authors do the same to MNIST.
    """
    pixels = flat_pixels(split.images)
    scaled: Floats = (pixels - pixels.mean()) / pixels.std()
    return scaled


def _check(spec: ImagesSpec, dataset: Dataset) -> None:
    if spec.data != dataset.name:
        raise InputError(f"the networks learn {spec.data}, this is {dataset.name}: give the other")
    present = np.unique(dataset.train.labels)
    for label in spec.classes:
        if label not in present:
            raise InputError(
                f"classes: {dataset.name} has no training images of class {label}; it has "
                f"{len(present)} classes, which count from 0"
            )


def _pair(labels: Indices, classes: tuple[int, int], replica: Replica) -> Indices:
    """An image of each of two classes, by chance."""
    source = replica.generator("images")
    return np.array([source.choice(np.flatnonzero(labels == label)) for label in classes])


def _compared(labels: Indices, spec: ImagesSpec, classes: tuple[str, ...]) -> Indices:
    """Images whose distances are compared, class after class."""
    chosen = balanced_subset(labels, spec.compared, spec.seed, classes)
    ordered: Indices = chosen[np.argsort(labels[chosen], kind="stable")]
    return ordered
