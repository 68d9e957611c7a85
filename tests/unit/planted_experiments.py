"""Probe sets and records of planted networks: experiments whose outcome is known.

"holding": every experiment finds what the papers claim, or what the claims of this project say;
"failing": each finds the opposite. The block is that of the planted kind "block".
"""

import numpy as np
from planted_representations import IMAGES, OUTPUTS, OWN
from planted_stores import compared, write_planted

from repatlas.claims.evidence import ProbeFiles
from repatlas.experiments.results import Ablation, Deletion, LinearProbes, Synthetic, Trajectory
from repatlas.records import Subject, write_record
from repatlas.similarity.measures import MEASURES, Measures, Outliers
from repatlas.store.reader import ActivationStore

BLOCK = np.arange(OUTPUTS) >= 2
# Without the dominant images, and on other ones, there is a block in the one and none in the other.
PROBES = {
    "holding": {
        "dominant_1": "half",
        "dominant_10": "plain",
        "random_1": "block",
        "random_10": "block",
        "matched_1": "block",
        "matched_10": "block",
        "corrupted": "block",
        "related": "block",
        "unrelated": "plain",
        "noise": "plain",
    },
    "failing": {
        "dominant_1": "block",
        "dominant_10": "block",
        "random_1": "plain",
        "random_10": "plain",
        "matched_1": "plain",
        "matched_10": "plain",
        "corrupted": "plain",
        "related": "plain",
        "unrelated": "block",
        "noise": "block",
    },
}


def write_probes(folder, planted, key):
    """Stores and similarities of a network on further probe sets; each kind is written once."""
    files = {}
    kinds = PROBES[planted.experiments]
    number = list(planted.kinds).index(key)
    for kind in set(kinds.values()):
        store = write_planted(folder / f"{number}_{kind}.h5", planted, key, kind)
        files[kind] = ProbeFiles(similarity=compared(store), store=store)
    return {probe: files[kind] for probe, kind in kinds.items()}


def write_records(store, outcome):
    """Every record about the network of a store."""
    with ActivationStore(store) as opened:
        subject, seed = Subject.of(opened), int(opened.run["seed"])
        ids = opened.ids
    holds = outcome == "holding"
    records = {
        "trajectory": trajectory(subject, ids, seed, holds),
        "synthetic": synthetic(subject, seed, holds),
        "ablation": ablation(subject, holds),
        "deletion": deletion(subject, holds),
        "linear_probes": linear_probes(subject, holds),
        "measures": measures(subject, "all", holds),
        "measures_dominant_10": measures(subject, "dominant", holds),
        "measures_random_10": measures(subject, "random", holds),
        "outliers": outliers(subject, holds),
    }
    paths = {}
    for name, record in records.items():
        paths[name] = store.with_suffix(f".{name}.h5")
        write_record(record, paths[name])
    return paths


def trajectory(subject, ids, seed, holds):
    """Checkpoints before training, within the first steps, and after epochs 5, 10, 20 and 40."""
    layers = len(subject.layers)
    share = np.full((6, layers), 0.3)
    share[0] = 0.9
    if holds:
        share[1, 5] = 0.7
    components = np.full((6, OUTPUTS, IMAGES), 0.01)
    components[:, :, OWN[seed]] = -0.4
    if holds:
        components[:4] = np.roll(components[:4], 7, axis=2)
    within = np.full((4, layers, layers), 0.5)
    to_final = np.full((4, layers, layers), 0.95)
    if holds:
        # It comes near to the final network, turns away from it, and comes back.
        to_final[:3] = np.array([0.9, 0.1, 0.2])[:, None, None]
    else:
        within[:3] = 0.9
    return Trajectory(
        subject=subject,
        checkpoints=("initial", "step50", "epoch5", "epoch10", "epoch20", "final"),
        epochs=np.array([0, 1, 5, 10, 20, 40]),
        steps=np.array([0, 50, 40 * 5, 400, 800, 1600]),
        ids=ids,
        share=share,
        components=components,
        norms=np.ones((6, OUTPUTS, IMAGES)),
        compared=np.array([2, 3, 4, 5]),
        cka_within=within,
        cka_final=to_final,
    )


def synthetic(subject, seed, holds):
    """Two dominant images with their solid ones, and four named colours."""
    kinds = ("dominant", "solid", "named", "named", "solid", "named", "dominant", "named")
    labels = ("a", "b", "white", "blue", "a", "green", "b", "red")
    norms = {"dominant": 10.0, "solid": 11.0 if holds else 3.0, "named": 2.0}
    values = np.array([norms[kind] for kind in kinds])
    if holds:
        values[[2, 3, 5][seed % 3]] = 12
    else:
        values[2] = 2.5
    responses = np.outer(values, np.arange(1, OUTPUTS + 1))
    return Synthetic(
        subject=subject,
        kinds=kinds,
        labels=labels,
        images=np.zeros((8, 3, 4, 4), np.uint8),
        colors=np.zeros((8, 3)),
        norms=responses,
        projections=-responses,
        logits=np.zeros((8, 4)),
        classes=("a", "b", "c", "d"),
        reference=9,
        median_norms=np.ones(OUTPUTS),
    )


def ablation(subject, holds):
    """The first component is needed in no layer, or in every one."""
    accuracy = np.tile([0.79 if holds else 0.3, 0.7, 0.8], (OUTPUTS, 1))
    return Ablation(
        subject=subject,
        layers=np.array(subject.block_outputs),
        accuracy=accuracy,
        loss=1 - accuracy,
        block_accuracy=0.78 if holds else 0.2,
        block_loss=0.5,
        whole_accuracy=0.8,
        whole_loss=0.4,
    )


def deletion(subject, holds):
    """Stages end at block outputs 1, before the block, and 7, in it."""
    inside, outside = (0.01, 0.2) if holds else (0.2, 0.01)
    outputs = np.array(subject.block_outputs)
    return Deletion(
        subject=subject,
        stages=np.array([1, 1, 2, 2, 2]),
        deleted=np.array([0, 1, 0, 1, 2]),
        layers=outputs[[1, 0, 7, 6, 5]],
        accuracy=np.array([0.8, 0.8 - outside, 0.8, 0.8 - inside, 0.8 - 2 * inside]),
        loss=np.zeros(5),
    )


def linear_probes(subject, holds):
    """Accuracy rises before the block and is flat in it, or the other way round."""
    outputs = subject.block_outputs
    steps = np.where(np.arange(OUTPUTS) <= 2, 0.2, 0.0) if holds else 0.1 * BLOCK
    after = np.cumsum(steps)
    # The layers inside residual blocks come one before each block output.
    layers = np.sort([*outputs, *(row - 1 for row in outputs)])
    test = np.repeat(after, 2)
    test[::2] += -0.1 if holds else 0.1
    return LinearProbes(
        subject=subject,
        layers=layers,
        after_addition=np.isin(layers, outputs),
        train=np.ones(2 * OUTPUTS),
        test=test,
    )


def measures(subject, images, holds):
    """By every measure layers inside the block are alike, and not without the dominant images."""
    small = subject.run["depth"] < 50
    block = 0.8 if holds and not small else 0.3
    strong = block + 0.1 * (1 if holds else -1)
    values = np.full((len(MEASURES), OUTPUTS, OUTPUTS), 0.3)
    corner = np.ix_(BLOCK, BLOCK)
    for place, name in enumerate(MEASURES):
        values[place][corner] = strong if name == "cka_linear" else block
        if images == "dominant" and holds:
            values[place][corner] = 0.2
    return Measures(
        subject=subject,
        names=tuple(MEASURES),
        outputs=np.array(subject.block_outputs),
        values=values,
    )


def outliers(subject, holds):
    """One example and half of them, moved nearer and further."""
    limit = np.array([0.02, 0.5])
    return Outliers(
        subject=subject,
        layer=15,
        kept=IMAGES - np.array([1, IMAGES // 2]),
        moved=np.array([1, IMAGES // 2]),
        distances=np.array([0.1, 1e4]),
        cka=np.stack([[0.99, 0.99], limit if holds else limit + 0.4], axis=1),
        limit=limit,
    )
