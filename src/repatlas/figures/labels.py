"""What figures say of networks in words: titles, accuracies, the scale of a study."""

import math
from collections import Counter
from collections.abc import Sequence

from repatlas.figures.inputs import Network
from repatlas.figures.probes import probe_name, probe_text
from repatlas.figures.spec import Cell, Measure

TELLING = ("data", "training", "network", "seed", "order", "checkpoint", "probe")
"""What may tell apart networks of one label, such as RN-56 1x, in the order it is said."""

MEASURES: dict[Measure, str] = {
    "cka_without_component": "linear CKA without first component",
    "component_cosine": "squared cosine of first components",
}
"""What heat maps show, for their colour bar; all others are estimators of linear CKA."""


def measure_label(measure: Measure) -> str:
    """What heat maps show, for their colour bar."""
    return MEASURES.get(measure, "linear CKA")


def cell_titles(networks: Sequence[Network], cells: Sequence[Cell]) -> list[str]:
    """Titles of networks: the names that their cells give, else what `titles` says."""
    named = zip(titles(networks), cells, strict=True)
    return [cell.name if cell.name is not None else title for title, cell in named]


def titles(networks: Sequence[Network]) -> list[str]:
    """Short titles: the label, and of the rest only what tells networks of one label apart."""
    labels = [network.run.label for network in networks]
    counts = Counter(labels)
    return [
        label if counts[label] == 1 else ", ".join([label, *_differences(network, networks)])
        for label, network in zip(labels, networks, strict=True)
    ]


def _differences(network: Network, networks: Sequence[Network]) -> list[str]:
    alike = [other for other in networks if other.run.label == network.run.label]
    own = _telling(network)
    differing = [key for key in TELLING if any(_telling(other)[key] != own[key] for other in alike)]
    # By default the order of the data is the seed of the run: then the seed says it all.
    if "seed" in differing and all(other.run.seed == other.run.order for other in alike):
        differing.remove("order")
    told = ((key, own[key]) for key in differing)
    return [f"{key} {value}" if isinstance(value, int) else str(value) for key, value in told]


def _telling(network: Network) -> dict[str, object]:
    own = {"checkpoint": network.checkpoint, "probe": probe_name(network.probe_spec)}
    return {key: own[key] if key in own else getattr(network.run, key) for key in TELLING}


def accuracy_text(*networks: Network) -> str:
    """Train and test accuracy in percent, of one network or of two that a panel compares."""
    train = " / ".join(_percent(network.train_accuracy) for network in networks)
    test = " / ".join(_percent(network.test_accuracy) for network in networks)
    return f"train {train} · test {test} %"


def _percent(accuracy: float) -> str:
    return "?" if math.isnan(accuracy) else f"{100 * accuracy:.1f}"


def fit_warning(networks: Sequence[Network], least: float) -> str | None:
    """What to warn of where networks did not learn their training set, or may not have.

    Parameters
    ----------
    least
        Train accuracy below which a network did not fit.
    """
    accuracies = [network.train_accuracy for network in networks]
    if any(accuracy < least for accuracy in accuracies):
        return "did not fit"
    return "fit unknown" if any(math.isnan(accuracy) for accuracy in accuracies) else None


def scale_text(networks: Sequence[Network]) -> str:
    """One line: data, number of images, epochs and probe set of everything in a figure."""
    trained = dict.fromkeys(_training_text(network) for network in networks)
    probed = dict.fromkeys(probe_text(network.probe_spec) for network in networks)
    return f"{'; '.join(trained)}. Compared on {'; '.join(probed)}."


def _training_text(network: Network) -> str:
    spec, run = network.run.data_spec, network.run
    size = f", {spec.size} x {spec.size} px" if spec.size else ""
    epochs = run.training_spec.epochs
    recipe = f"{epochs} epochs" if epochs else "weights as given"
    return f"{run.data}{size}, {_count_text(spec.train)} training images, {recipe}"


def _count_text(count: int | float | None) -> str:
    if count is None:
        return "all"
    return f"{count:,}" if isinstance(count, int) else f"{count:.3g} of all"
