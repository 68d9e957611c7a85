"""Planted records about the units of several networks: maps, clusters, alignments, measures.

Maps and clusters are about the units of a gathered file; alignments and measures follow formulas.
"""

from dataclasses import replace

import numpy as np
from figure_units import subject
from scipy.cluster.hierarchy import cut_tree, leaves_list, linkage
from scipy.spatial.distance import squareform

from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import epoch_name
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import (
    ALIGNMENTS,
    EXAMPLE_MEASURES,
    Alignments,
    Clusters,
    ExampleMeasures,
    SparseMaps,
)

UNTRAINED = epoch_name(0)
KEPT = {"epochs": [0, 1, 3, 10], "steps": [8, 30]}
"""Checkpoints of planted networks."""
ALPHAS = (1.0, 0.6, 0.3, 0.2, 0.1, 0.06, 0.03, 0.01, 0.003, 0.001, 0.0)
KNEE = 0.3
LAYERS = ("conv1", "conv2", "fc1")


def subjects(count=3, *, checkpoint="final", probe=None, widths=None):
    """Networks that differ in their seeds, and in their widths where these are given."""
    accuracies = (0.12, 0.1) if checkpoint == UNTRAINED else (1.0, 0.7)
    found = []
    for seed in range(count):
        width = 1 if widths is None else widths[seed]
        about = subject(seed, accuracies, checkpoint, width)
        recipe = {**about.run["training_spec"], "checkpoints": KEPT}
        seen = about.probe if probe is None else probe.model_dump(mode="json")
        found.append(replace(about, run={**about.run, "training_spec": recipe}, probe=seen))
    return tuple(found)


def pairs(count):
    """Ordered pairs of networks."""
    return [(one, other) for one in range(count) for other in range(count) if one != other]


def sparse_maps(gathered):
    """Sparse maps between the live units of a gathered file: errors rise with strength and depth.

    In the first layer every live unit of network 1 has three weights, of live units of network 0
    in a row; those of others are 0.
    """
    generator = np.random.default_rng(0)
    with GatheredUnits(gathered) as opened:
        networks, names = opened.networks, [layer.title for layer in opened.layers]
        every = [opened.moments(number) for number in range(len(names))]
    live = [
        [np.flatnonzero(moments.alive(network)) for network in range(len(networks))]
        for moments in every
    ]
    rows = [
        (layer, one, other, alpha, unit, len(every[layer].alive(other)))
        for layer in range(len(names))
        for one, other in pairs(len(networks))
        for alpha in ALPHAS
        for unit in live[layer][other].tolist()
    ]
    layer, first, second, alpha, unit, width = map(np.array, zip(*rows, strict=True))
    best = 0.12 + 0.3 * layer / len(names) + 0.03 * first + 0.05 * generator.random(len(rows))
    error = np.minimum(best + 0.03 * (alpha == 0) + 1.5 * alpha**2, 0.5)
    spread = generator.uniform(0.6, 1.4, len(rows))
    kept = np.where(alpha == 0, width - 1, width * np.exp(-(5 + layer) * alpha * spread))
    kept = kept.astype(np.int64)
    share = np.clip(0.3 + alpha + 0.2 * generator.random(len(rows)), 0, 1)
    return SparseMaps(
        subjects=networks,
        layer=np.array(names)[layer],
        first=first,
        second=second,
        alpha=alpha,
        decay=alpha / width,
        unit=unit,
        predictors=kept,
        weight_sum=1.0 - np.minimum(alpha, 1),
        top_share=np.where(kept > 0, share, np.nan),
        top_three_share=np.where(kept > 0, np.minimum(share + 0.3, 1), np.nan),
        train_error=error - 0.02,
        heldout_error=error,
        shuffled_error=0.5 + 0.01 * (alpha == 0) + 0.002 * generator.random(len(rows)),
        gap=np.zeros(len(rows)),
        shown_layer=names[0],
        shown_first=0,
        shown_second=1,
        shown_alpha=KNEE,
        shown_weights=_weights(every[0].units, live[0], generator),
    )


def _weights(units, live, generator):
    weights = np.zeros(units[:2])
    order = generator.permutation(live[0])
    for place, target in enumerate(live[1]):
        predicting = np.roll(order, -place)[:3]
        weights[predicting, target] = np.array([0.7, -0.4, 0.15]) * generator.uniform(0.5, 1, 3)
    return weights


def clusters(gathered):
    """Clusters of the live units of a gathered file, by average linkage of correlations."""
    found, members, trees = [], [], {}
    with GatheredUnits(gathered) as opened:
        networks = opened.networks
        for number, layer in enumerate(opened.layers):
            for first, second in pairs(len(networks)):
                if first < second:
                    key = {"layer": layer.title, "first": first, "second": second}
                    units, tree = _tree(opened.moments(number), (first, second))
                    found += [key | row for row in _sizes(units, 0.9 - 0.2 * number)]
                    members.append({**key, **units})
                    trees.setdefault(layer.title, tree)
    whole = {
        f"unit_{name}": np.concatenate(
            [np.broadcast_to(part[name], len(part["unit"])) for part in members]
        )
        for name in members[0]
    }
    return Clusters(
        subjects=networks,
        **{name: np.array([row[name] for row in found]) for name in found[0]},
        null_mixed=np.full(len(found), 0.35),
        null_overlap=np.full(len(found), 0.15),
        unit=whole.pop("unit_unit"),
        **whole,
        tree_layer=np.repeat(list(trees), [len(tree) for tree in trees.values()]),
        tree=np.concatenate(list(trees.values())),
        threshold=0.2,
    )


def _tree(moments, pair):
    """Table of the live units of two networks, and their tree."""
    live = [np.flatnonzero(moments.alive(network)) for network in pair]
    whole = np.block([[moments.correlation(one, other) for other in pair] for one in pair])
    own = np.concatenate([live[0], live[1] + moments.units[pair[0]]])
    correlation = whole[np.ix_(own, own)]
    np.fill_diagonal(correlation, 1)
    tree = linkage(squareform(1 - correlation, checks=False), "average")
    units = {
        "network": np.repeat([0, 1], list(map(len, live))),
        "unit": np.concatenate(live),
        "cluster": cut_tree(tree, n_clusters=len(correlation) // 3)[:, 0],
        "place": np.argsort(leaves_list(tree)),
    }
    return units, tree


def _sizes(units, overlap):
    """A row for each cluster of a table of units."""
    for cluster in np.unique(units["cluster"]):
        first, second = np.bincount(units["network"][units["cluster"] == cluster], minlength=2)
        yield {
            "cluster": cluster,
            "first_units": first,
            "second_units": second,
            "purity": abs(first - second) / (first + second),
            "overlap": overlap if first and second else np.nan,
        }


HEIGHTS = {
    "linear": 0.9,
    "procrustes": 0.84,
    "permutation": 0.66,
    "soft": 0.66,
    "semi": 0.72,
    "cca": 0.7,
    "svcca": 0.75,
    "pwcca": 0.8,
    "cka": 0.8,
}
"""Score of each measure in the first layer of planted networks."""


def alignments(
    *, layers=LAYERS, networks=3, checkpoint="final", probe=None, widths=None, fall=0.3, height=1.0
):
    """Alignments that fall with depth by a part, all of them scaled by a height.

    Permutations, soft and semi-matching lose in a rotated basis; other images align little.
    """
    rows = [
        (layer, one, other, measure, variant)
        for layer in range(len(layers))
        for one, other in pairs(networks)
        for measure in ALIGNMENTS
        for variant in ("native", "rotated", "shuffled")
    ]

    def value(layer, one, other, measure, variant):
        if widths is not None and widths[one] != widths[other] and measure == "permutation":
            return np.nan
        score = HEIGHTS[measure] * height * (1 - fall * layer / max(len(layers) - 1, 1))
        score += 0.01 * (one - other)
        if variant == "rotated" and measure in ("permutation", "soft", "semi"):
            score *= 0.5
        return 0.1 * score if variant == "shuffled" else score

    layer, first, second, measure, variant = zip(*rows, strict=True)
    return Alignments(
        subjects=subjects(networks, checkpoint=checkpoint, probe=probe, widths=widths),
        layer=np.array(layers)[list(layer)],
        first=np.array(first),
        second=np.array(second),
        measure=np.array(measure),
        variant=np.array(variant),
        value=np.array([value(*row) for row in rows]),
    )


def training(*, layers=LAYERS, networks=3, checkpoints=(UNTRAINED, "epoch-0001", "final")):
    """Alignments at checkpoints: nearly all of the final ones from the second on."""
    made = []
    for place, checkpoint in enumerate(checkpoints):
        learnt = 1 - 0.6 * 0.2**place
        record = alignments(layers=layers, networks=networks, checkpoint=checkpoint, height=learnt)
        known = tuple(
            replace(subject, test_accuracy=0.8 - 0.7 * 0.6**place) for subject in record.subjects
        )
        made.append(replace(record, subjects=known))
    return made


def shifted(*, layers=LAYERS, networks=3):
    """Alignments on three probe sets: the first is not changed, deep layers fall in the others."""
    changes = (
        (ProbeSpec(), 0.2),
        (ProbeSpec(corruption="gaussian_noise", severity=2), 0.4),
        (ProbeSpec(corruption="gaussian_blur", severity=5), 0.6),
    )
    return [
        alignments(layers=layers, networks=networks, probe=probe, fall=fall)
        for probe, fall in changes
    ]


def example_measures(*, layers=LAYERS, networks=3):
    """Measures of examples that fall with depth; those of fc1 are no better than chance."""
    rows = [
        (layer, one, other, measure)
        for layer in range(len(layers))
        for one, other in pairs(networks)
        if one < other
        for measure in EXAMPLE_MEASURES
    ]
    layer, first, second, measure = (np.array(column) for column in zip(*rows, strict=True))
    chance = layer == len(layers) - 1
    return ExampleMeasures(
        subjects=subjects(networks),
        layer=np.array(layers)[layer],
        first=first,
        second=second,
        measure=measure,
        value=np.where(chance, 0.21, 0.9 - 0.1 * layer),
        null_mean=np.full(len(rows), 0.2),
        null_sd=np.full(len(rows), 0.05),
        p=np.where(chance, 0.4, 0.01),
        permutations=99,
    )
