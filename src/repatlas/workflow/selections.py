"""Which images of a study are chosen by what a trained network does with them.

They are left out of a probe set, or changed in the training set of a further run. The workflow
writes each choice to a file of its own before they are.
"""

from dataclasses import dataclass

from repatlas.config.study import Study


@dataclass(frozen=True)
class Selection:
    """One choice of images.

    Attributes
    ----------
    probe
        Name of the probe set from which they are chosen.
    images
        ``dominant``, ``random`` or ``matched``.
    fraction
        Share of the images of the probe set.
    """

    probe: str
    images: str
    fraction: float


def for_probe(probe: str) -> str:
    """Name of the choice that a probe set leaves out."""
    return f"probe-{probe}"


def for_training(training: str) -> str:
    """Name of the choice that a recipe changes."""
    return f"training-{training}"


def selections(study: Study) -> dict[str, Selection]:
    """Every choice of a study by its name."""
    found = {}
    for name, probe in study.probes.items():
        if probe.without is not None:
            out = probe.without
            found[for_probe(name)] = Selection(out.probe, out.images, out.fraction)
    for name, recipe in study.training.items():
        if recipe.edit is not None:
            edit = recipe.edit
            found[for_training(name)] = Selection(edit.probe, edit.images, edit.fraction)
    return found
