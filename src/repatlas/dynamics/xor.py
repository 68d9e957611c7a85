"""The task of exclusive or: four points, of which the two with the same target lie furthest apart.

Targets are learnt with half the squared error; the authors leave out the half, which is as twice
the learning rate.
"""

import numpy as np
import torch

from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Networks
from repatlas.dynamics.point_distances import PointDistances, record_distances
from repatlas.dynamics.replicas import Replica, replicas_of
from repatlas.dynamics.results import PairDistances
from repatlas.dynamics.spec import LearnerSpec, XorSpec
from repatlas.dynamics.train import Losses, Rows, train

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])


def follow_xor(spec: XorSpec, device: torch.device) -> PairDistances:
    """Train networks of every setting, and compare their four points.

    Parameters
    ----------
    spec
        The settings; all have the same seeds.
    device
        Where they are trained.
    """
    replicas = replicas_of(spec.seed, spec.replicas)
    seen = {name: _follow(learner, replicas, device) for name, learner in spec.learners.items()}
    seeds = [replica.seed for replica in replicas]
    settings = spec.model_dump(mode="json")
    return record_distances(settings, seen, seeds, INPUTS, inputs=INPUTS, targets=TARGETS)


def _follow(learner: LearnerSpec, replicas: list[Replica], device: torch.device) -> PointDistances:
    lessons = Lessons.shared(INPUTS, TARGETS, len(replicas), device)
    networks = Networks(learner, INPUTS.shape[1], TARGETS.shape[1], replicas, device)
    points = PointDistances(networks, lessons.inputs)

    def look(step: int, networks: Networks, rows: Rows) -> Losses:
        examples = lessons.of_replicas(rows)
        losses = examples.losses(networks.outputs(examples.inputs)).numpy(force=True)
        points.see(networks, rows, losses)
        return losses

    train(networks, lessons, replicas, look)
    return points
