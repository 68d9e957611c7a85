"""What figures on followed networks say in words."""

import numpy as np

from repatlas.dynamics.results import Trajectories

FIT_NOTE = (
    "Dashed: theory with two rates fitted to each network, from its measured start. Error: root "
    "mean square of the three curves, each over its range, as median and range over replicas."
)
NOT_LEARNT, RATES_NOT_TOLD = "not learnt", "rates not told"
"""Warnings: no replica has learnt its task; no course tells both rates."""
TYPICAL_NOTE = "Strong: the replica of median error; pale: the others."


def learner_text(courses: list[Trajectories]) -> str:
    """Size and training of networks, where they are the same for all said once."""
    learners = [course.settings["learner"] for course in courses]
    kinds = {
        "width": _spread([learner["width"] for learner in learners]),
        "hidden layers": _spread([course.hidden.shape[1] for course in courses]),
        "gain": _spread([learner["gain"] for learner in learners]),
        "learning rate": _spread([learner["learning_rate"] for learner in learners]),
        "steps": _spread([learner["steps"] for learner in learners]),
        "replicas": _spread([len(np.unique(course.seed)) for course in courses]),
    }
    told = ", ".join(f"{name} {value}" for name, value in kinds.items())
    layers = _spread([course.layer for course in courses])
    return f"Networks: {told}; compared at hidden layer {layers}, from 0."


def _spread(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
