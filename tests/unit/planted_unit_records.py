"""Planted units of several networks, and the records about them, in the real formats.

Networks share features: every unit is one feature, or a mixture of a few, with noise that grows
with depth. What a record says follows from these units where that is cheap, else from a formula.
"""

from dataclasses import replace

import numpy as np
from figure_files import resnet_layers, run_spec
from scipy.cluster.hierarchy import cut_tree, leaves_list, linkage
from scipy.spatial.distance import squareform

from repatlas.data.dataset import read_dataset
from repatlas.hdf5 import create_hdf5
from repatlas.networks.spec import NetworkSpec
from repatlas.records import Subject
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import Checkpoints, TrainingSpec, epoch_name
from repatlas.units.gathered import (
    FORMAT,
    VERSION,
    GatheredUnits,
    TopPatches,
    UnitLayer,
    write_header,
    write_layer,
)
from repatlas.units.moments import Moments, UnitMoments
from repatlas.units.results import (
    ALIGNMENTS,
    EXAMPLE_MEASURES,
    Alignments,
    Clusters,
    ExampleMeasures,
    SparseMaps,
)

UNTRAINED = epoch_name(0)
KEPT = Checkpoints(epochs=(0, 1, 3, 10), steps=(8, 30))
ALPHAS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.6, 1.0)
POSITIONS = (4, 4)
FIELD = 7


def subjects(count=3, *, checkpoint="final", probe=None, widths=None, accuracies=None):
    """Networks that differ in their seeds, and in their widths where these are given."""
    learnt = (0.12, 0.1) if checkpoint == UNTRAINED else (1.0, 0.74)
    return tuple(
        Subject(
            run=run_spec(
                5,
                width=1 if widths is None else widths[seed],
                seed=seed,
                network="plain",
                network_spec=NetworkSpec(family="convnet"),
                training_spec=TrainingSpec(checkpoints=KEPT),
            ).model_dump(mode="json", by_alias=True),
            checkpoint=checkpoint,
            probe=(probe or ProbeSpec()).model_dump(mode="json"),
            layers=tuple(resnet_layers(8)),
            train_accuracy=learnt[0] if accuracies is None else accuracies[seed],
            test_accuracy=learnt[1] + 0.01 * seed,
        )
        for seed in range(count)
    )


def titles(layers):
    """conv1, conv2, ... and, last, fc1."""
    return [*(f"conv{number}" for number in range(1, layers)), "fc1"]


def pairs(count):
    """Ordered pairs of networks."""
    return [(one, other) for one in range(count) for other in range(count) if one != other]


def activations(layer, networks, units, rows):
    """(rows, networks * units) of one layer; the first unit of each network is dead.

    Features come in twos that correlate. Unit u of a network is the feature that its own
    permutation gives; every third one is a mixture of three features.
    """
    generator = np.random.default_rng(layer)
    common = np.repeat(generator.standard_normal((rows, -(-units // 2))), 2, axis=1)[:, :units]
    features = np.maximum(common + 0.8 * generator.standard_normal((rows, units)) - 0.3, 0)
    found = []
    for _ in range(networks):
        order = generator.permutation(units)
        own = features[:, order].copy()
        for unit in range(0, units, 3):
            one, other = generator.integers(units, size=2)
            own[:, unit] += 0.5 * features[:, one] + 0.3 * features[:, other]
        own += (0.2 + 0.3 * layer) * np.maximum(generator.standard_normal(own.shape), 0)
        own[:, 0] = 0
        found.append(own)
    return np.hstack(found)


def write_gathered(path, data, *, layers=3, networks=3, units=12):
    """File of gathered units of planted networks on the test images of a data set."""
    ids = read_dataset(data).test.ids
    places = POSITIONS[0] * POSITIONS[1]
    with create_hdf5(path, FORMAT, VERSION) as file:
        write_header(file, subjects(networks), ids.tolist(), "planted")
        for number, title in enumerate(titles(layers)):
            values = activations(number, networks, units, len(ids) * places)
            layer = UnitLayer(title, title, (units,) * networks, POSITIONS, FIELD, 4.0, -2.0)
            top = top_patches(values.reshape(len(ids), places, -1))
            write_layer(file, layer, moments(values, networks, units), top, None)
    return path


def moments(values, networks, units):
    """Moments of activations (rows, U) over even and odd rows."""
    halves = tuple(_moments(values[part::2]) for part in (0, 1))
    moved = values - values.mean(axis=0)
    return UnitMoments((units,) * networks, halves, moved.T @ np.roll(moved, 1, axis=0))


def _moments(values):
    mean = values.mean(axis=0)
    return Moments(len(values), mean, (values - mean).T @ (values - mean))


def top_patches(values, count=9):
    """Where units are most active, of activations (images, positions, U), one place an image."""
    strongest, where = values.max(axis=1), values.argmax(axis=1)
    images = np.argsort(-strongest, axis=0, kind="stable")[:count].T
    units = np.arange(values.shape[2])[:, None]
    rows, columns = np.divmod(where[images, units], POSITIONS[1])
    return TopPatches(strongest[images, units], images, rows, columns)


def sparse_maps(*, layers=3, networks=3, units=12, knee=0.3, seed=0):
    """Sparse maps of planted networks: errors rise with strength and depth.

    Unit u of network 1 in the first layer has the predictors u, u + 1 and u + 2 of network 0.
    """
    generator = np.random.default_rng(seed)
    names = titles(layers)
    rows = [
        (layer, one, other, alpha, unit)
        for layer in range(layers)
        for one, other in pairs(networks)
        for alpha in reversed(ALPHAS)
        for unit in range(1, units)
    ]
    layer, first, second, alpha, unit = (np.array(column) for column in zip(*rows, strict=True))
    best = 0.12 + 0.3 * layer / layers + 0.03 * first + 0.05 * generator.random(len(rows))
    error = np.minimum(best + 0.03 * (alpha == 0) + 1.5 * alpha**2, 0.5)
    kept = np.where(alpha == 0, units - 1, np.floor((units - 1) * np.exp(-(5 + layer) * alpha)))
    share = np.clip(0.3 + alpha + 0.2 * generator.random(len(rows)), 0, 1)
    weights = np.zeros((units, units))
    for target in range(1, units):
        # The first unit of a network is dead.
        for rank, weight in enumerate((0.7, 0.3, -0.15)):
            weights[1 + (target - 1 + rank) % (units - 1), target] = weight
    return SparseMaps(
        subjects=subjects(networks),
        layer=np.array(names)[layer],
        first=first,
        second=second,
        alpha=alpha,
        decay=alpha / units,
        unit=unit,
        predictors=kept.astype(np.int64),
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
        shown_alpha=knee,
        shown_weights=weights,
    )


def clusters(gathered):
    """Clusters of the live units of a gathered file, by average linkage of correlations."""
    found, members, trees = [], [], []
    with GatheredUnits(gathered) as opened:
        networks, names = opened.networks, [layer.title for layer in opened.layers]
        every = [opened.moments(number) for number in range(len(names))]
    both = [(one, other) for one, other in pairs(len(networks)) if one < other]
    for number, (title, moments) in enumerate(zip(names, every, strict=True)):
        units = moments.units[0]
        for one, other in both:
            blocks = [
                [moments.correlation(a, b)[1:, 1:] for b in (one, other)] for a in (one, other)
            ]
            correlation = np.block(blocks)
            np.fill_diagonal(correlation, 1)
            tree = linkage(squareform(1 - correlation, checks=False), "average")
            labels = cut_tree(tree, n_clusters=units // 2)[:, 0]
            side, unit = np.divmod(np.arange(2 * (units - 1)), units - 1)
            place = np.argsort(leaves_list(tree))
            for label in np.unique(labels):
                first = int((side[labels == label] == 0).sum())
                second = int((labels == label).sum()) - first
                overlap = 0.9 - 0.2 * number if first and second else np.nan
                found.append((title, one, other, label, first, second, overlap))
            members += [
                (title, one, other, *row) for row in zip(side, unit + 1, labels, place, strict=True)
            ]
            if (one, other) == (0, 1):
                trees += [(title, *row) for row in tree]
    table, units_of = (
        [np.array(column) for column in zip(*rows, strict=True)] for rows in (found, members)
    )
    first, second = table[4], table[5]
    return Clusters(
        subjects=networks,
        layer=table[0],
        first=table[1],
        second=table[2],
        cluster=table[3],
        first_units=first,
        second_units=second,
        purity=np.abs(first - second) / (first + second),
        overlap=table[6],
        null_mixed=np.full(len(found), 0.35),
        null_overlap=np.full(len(found), 0.15),
        unit_layer=units_of[0],
        unit_first=units_of[1],
        unit_second=units_of[2],
        unit_network=units_of[3],
        unit=units_of[4],
        unit_cluster=units_of[5],
        unit_place=units_of[6],
        tree_layer=np.array([row[0] for row in trees]),
        tree=np.array([row[1:] for row in trees], dtype=np.float64),
        threshold=0.2,
    )


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
    *, layers=3, networks=3, checkpoint="final", probe=None, widths=None, fall=0.3, height=1.0
):
    """Alignments that fall with depth by a part, all of them scaled by a height.

    Permutations, soft and semi-matching lose in a rotated basis; other images align little.
    """
    names = titles(layers)
    rows = [
        (layer, one, other, measure, variant)
        for layer in range(layers)
        for one, other in pairs(networks)
        for measure in ALIGNMENTS
        for variant in ("native", "rotated", "shuffled")
    ]

    def value(layer, one, other, measure, variant):
        if widths is not None and widths[one] != widths[other] and measure == "permutation":
            return np.nan
        score = HEIGHTS[measure] * height * (1 - fall * layer / max(layers - 1, 1))
        score += 0.01 * (one - other)
        if variant == "rotated" and measure in ("permutation", "soft", "semi"):
            score *= 0.5
        return 0.1 * score if variant == "shuffled" else score

    layer, first, second, measure, variant = zip(*rows, strict=True)
    return Alignments(
        subjects=subjects(networks, checkpoint=checkpoint, probe=probe, widths=widths),
        layer=np.array(names)[list(layer)],
        first=np.array(first),
        second=np.array(second),
        measure=np.array(measure),
        variant=np.array(variant),
        value=np.array([value(*row) for row in rows]),
    )


def training(*, layers=3, networks=3, checkpoints=(UNTRAINED, "epoch-0001", "final")):
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


def shifted(*, layers=3, networks=3):
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


def example_measures(*, layers=3, networks=3):
    """Measures of examples that fall with depth; those of fc1 are no better than chance."""
    names = titles(layers)
    rows = [
        (layer, one, other, measure)
        for layer in range(layers)
        for one, other in pairs(networks)
        if one < other
        for measure in EXAMPLE_MEASURES
    ]
    layer, first, second, measure = (np.array(column) for column in zip(*rows, strict=True))
    chance = layer == layers - 1
    return ExampleMeasures(
        subjects=subjects(networks),
        layer=np.array(names)[layer],
        first=first,
        second=second,
        measure=measure,
        value=np.where(chance, 0.21, 0.9 - 0.1 * layer),
        null_mean=np.full(len(rows), 0.2),
        null_sd=np.full(len(rows), 0.05),
        p=np.where(chance, 0.4, 0.01),
        permutations=99,
    )
