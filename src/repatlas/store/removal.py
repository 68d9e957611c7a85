"""The images that a probe set does without: their list, checked against what is asked for."""

import json
import os

from repatlas.data.examples import ExampleList, read_examples
from repatlas.errors import InputError
from repatlas.store.spec import ProbeSpec, parse_probe
from repatlas.training.spec import RunSpec, parse_run

SHARED = ("data", "split", "count", "batch_size", "corruption", "severity")
"""What a probe set has in common with the one from which its images were chosen."""


def removed_ids(
    path: str | os.PathLike[str] | None, run: RunSpec, spec: ProbeSpec
) -> tuple[str, ...]:
    """Ids of the images that a probe set does without.

    Parameters
    ----------
    path
        Their list; None where the probe set keeps all.
    run
        The run that is looked at, which must be the one by which they were chosen.
    spec
        The probe set.

    Returns
    -------
    tuple of str
        Empty where the probe set keeps all.

    Raises
    ------
    InputError
        A list without `ProbeSpec.without` or the other way round; a list that is absent, foreign,
        or made for another run, another probe set, other images or another fraction.
    """
    if path is None:
        if spec.without is not None:
            raise InputError("probe, without: give the list of the images as --without LIST.json")
        return ()
    if spec.without is None:
        raise InputError(
            f"--without {path}: the probe set keeps all images; set its `without`, or drop the list"
        )
    examples = read_examples(path)
    fault = _fault(examples, run, spec)
    if fault is not None:
        raise InputError(f"--without {path}: {fault}; choose the examples again")
    return examples.ids


def _fault(examples: ExampleList, run: RunSpec, spec: ProbeSpec) -> str | None:
    """What the list was made for and is not asked for; None where all fits."""
    without = spec.without
    if without is None:
        return "the probe set keeps all images"
    # Parsed, so that a setting that has got a default since then makes no difference.
    if parse_run(json.dumps(examples.run)) != run:
        return f"it was chosen by another run than {run.title}"
    for name in ("images", "fraction"):
        found, asked = getattr(examples, name), getattr(without, name)
        if found != asked:
            return f"its {name} is {found} and the probe set's is {asked}"
    chosen_from = parse_probe(examples.probe)
    for name in SHARED:
        found, asked = getattr(chosen_from, name), getattr(spec, name)
        if found != asked:
            return f"it was chosen from a probe set with {name} {found}, and this one has {asked}"
    return None
