"""Whether a network fitted its training set, and what is noted of one that did not."""

import math


def fits(train_accuracy: float, least: float) -> bool:
    """Whether a final train accuracy is enough; an unknown one, NaN, is not."""
    return train_accuracy >= least


def fit_note(label: str, train_accuracy: float) -> str:
    """Note on a network that did not fit."""
    told = "unknown" if math.isnan(train_accuracy) else f"{train_accuracy:.1%}"
    return f"{label} (train accuracy {told})"
