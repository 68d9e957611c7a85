"""Files about units with planted numbers: what a claim finds in them is known.

A `World` says what relates any two networks; every pair of them has the same numbers. `HOLDING` is
one in which all claims hold that can hold together, `FAILING` one in which the opposite is so.
"""

from dataclasses import dataclass

import numpy as np
from figure_files import resnet_layers, run_spec

from repatlas.claims.evidence import EvidenceFiles, UnitFiles
from repatlas.group_records import write_group_record
from repatlas.hdf5 import create_hdf5
from repatlas.networks.spec import NetworkSpec
from repatlas.records import Subject
from repatlas.store.spec import ProbeSpec
from repatlas.units.gathered import (
    FORMAT,
    VERSION,
    TopPatches,
    UnitLayer,
    write_header,
    write_layer,
)
from repatlas.units.long_form import stacked
from repatlas.units.moments import Moments, UnitMoments
from repatlas.units.results import (
    ALIGNMENTS,
    EXAMPLE_MEASURES,
    Alignments,
    Clusters,
    ExampleMeasures,
    Matching,
    SparseMaps,
)

LAYERS = ("conv1", "conv2", "conv3")
UNITS = 8
ALPHAS = (0.0, 0.03, 0.3, 0.6)
ALL = dict.fromkeys(ALIGNMENTS, 0.0)


@dataclass(frozen=True)
class World:
    """Numbers that relate two networks, most of them one for each layer."""

    strong: tuple[float, ...] = (0.9, 0.7, 0.7)
    weak: tuple[float, ...] = (0.3, 0.2, 0.2)
    unkept: int = 2
    loss: float = 0.1
    drop: float = 0.02
    shuffled: float = 0.1
    untrained: float = 0.2
    agreeing: int = 6
    clusters: tuple[tuple[int, int], ...] = ((2, 2), (2, 2), (1, 1), (3, 0), (0, 3))
    overlap: float = 0.95
    null_mixed: float = 0.1
    null_overlap: float = np.nan
    first_errors: tuple[float, ...] = (0.1, 0.11, 0.15, 0.45)
    last_errors: tuple[float, ...] = (0.35, 0.36, 0.4, 0.49)
    train_errors: tuple[float, ...] = (0.05, 0.08, 0.14, 0.44)
    shuffled_error: float = 0.5
    predictors: tuple[int, ...] = (8, 6, 3, 1)
    top_three: tuple[float, ...] = (0.4, 0.5, 0.9, np.nan)
    decades: float = 1.0
    apart: float = 0.01
    top_apart: float = 0.3
    linear: tuple[float, ...] = (0.9, 0.8, 0.7)
    procrustes: tuple[float, ...] = (0.86, 0.74, 0.64)
    permutation: tuple[float, ...] = (0.7, 0.5, 0.4)
    rotated: float = 0.3
    plain: tuple[float, float] = (0.5, 0.4)
    chance: float = 0.05
    early: float = 0.95
    early_accuracy: float = 0.4
    weak_shift: tuple[float, ...] = (0.02, 0.05, 0.1)
    strong_shift: tuple[float, ...] = (0.05, 0.15, 0.3)
    examples: tuple[float, ...] = (0.8, 0.6, 0.5)


HOLDING = World()

FAILING = World(
    strong=(0.4, 0.45, 0.45),
    weak=(0.2, 0.2, 0.2),
    unkept=6,
    drop=0.1,
    shuffled=0.35,
    untrained=0.3,
    agreeing=2,
    clusters=((6, 2), (1, 6), (1, 0)),
    overlap=0.1,
    null_mixed=0.6,
    null_overlap=0.2,
    first_errors=(0.3, 0.4, 0.31, 0.32),
    last_errors=(0.3, 0.4, 0.31, 0.32),
    train_errors=(0.3, 0.25, 0.3, 0.3),
    shuffled_error=0.35,
    predictors=(8, 8, 7, 7),
    top_three=(0.4, 0.4, 0.4, 0.4),
    decades=0.5,
    apart=0.1,
    top_apart=0.08,
    linear=(0.5, 0.6, 0.7),
    procrustes=(0.55, 0.65, 0.75),
    permutation=(0.6, 0.7, 0.8),
    rotated=0.65,
    plain=(0.7, 0.2),
    chance=0.68,
    early=0.4,
    early_accuracy=0.7,
    weak_shift=(0.3, 0.2, 0.2),
    strong_shift=(0.3, 0.1, 0.1),
    examples=(0.1, 0.12, 0.15),
)


def write_units(folder, world=HOLDING, accuracies=(1.0,) * 4):
    """Write every file about units of as many seeds as there are final train accuracies."""
    folder.mkdir(parents=True, exist_ok=True)
    final, untrained = subjects(accuracies), subjects(accuracies, "epoch-0000")
    first = subjects(accuracies, "epoch-0001", test=world.early_accuracy)
    before = World(
        strong=(world.untrained,) * 3, weak=(world.untrained,) * 3, drop=0.0, unkept=world.unkept
    )
    plain = {"permutation": 0.3, "soft": 0.3}
    plain |= {"linear": world.plain[0], "procrustes": world.plain[1]}
    records = {
        "matching": matching(final, world),
        "matching_untrained": matching(untrained, before),
        "sparse_maps": sparse_maps(final, world),
        "clusters": clusters(final, world),
        "alignments": alignments(final, world),
        "alignments_untrained": flat_alignments(untrained, plain),
        "alignments_widths": alignments(widths(), world),
        "example_measures": example_measures(final, world),
    }
    paths = {name: folder / f"{name}.h5" for name in records}
    for name, record in records.items():
        write_group_record(record, paths[name])
    paths["gathered"] = folder / "gathered.h5"
    write_gathered(paths["gathered"], final, world)
    others = {
        "epoch-0001": alignments(first, world, factor=world.early),
        "weak": alignments(final, world, fall=world.weak_shift),
        "strong": alignments(final, world, fall=world.strong_shift),
    }
    for name, record in others.items():
        write_group_record(record, folder / f"{name}.h5")
    return EvidenceFiles(
        units=UnitFiles(
            records=paths,
            over_training={"epoch-0001": folder / "epoch-0001.h5"},
            shifts={name: folder / f"{name}.h5" for name in ("weak", "strong")},
        )
    )


def subject(seed, accuracy=1.0, checkpoint="final", test=0.8, width=2):
    """A plain network; only the final weights have the train accuracy asked for."""
    run = run_spec(
        5, width, seed, network="convnet", network_spec=NetworkSpec(family="convnet")
    ).model_dump(mode="json", by_alias=True)
    train = accuracy if checkpoint == "final" else 0.3
    probe = ProbeSpec().model_dump(mode="json")
    return Subject(run, checkpoint, probe, tuple(resnet_layers(8)), train, test)


def subjects(accuracies, checkpoint="final", test=0.8):
    """One network for each final train accuracy."""
    return tuple(
        subject(seed, accuracy, checkpoint, test) for seed, accuracy in enumerate(accuracies)
    )


def widths():
    """Two seeds of one width, and two of another."""
    return tuple(subject(seed, width=width) for width in (2, 3) for seed in (0, 1))


def ordered(group):
    """Every two networks in either direction, in every layer."""
    places = range(len(group))
    return [
        ({"layer": layer, "first": i, "second": j}, row)
        for row, layer in enumerate(LAYERS)
        for i in places
        for j in places
        if i != j
    ]


def matching(group, world):
    """Half of the units have a strong match; some matches are wanted twice."""
    parts, place = [], np.arange(UNITS)
    for key, row in ordered(group):
        value = np.where(place < UNITS // 2, world.strong[row], world.weak[row])
        matched = (place + 1) % UNITS
        unkept = place >= UNITS - world.unkept
        columns = {
            "unit": place,
            "dead": False,
            "greedy": np.where(unkept, 1, matched),
            "matched": matched,
            "greedy_value": value,
            "matched_value": value - world.loss * unkept,
            "greedy_heldout": np.nan,
            "matched_heldout": np.nan,
            "greedy_shuffled": world.shuffled,
            "matched_shuffled": world.shuffled,
        }
        parts.append(key | {"criterion": "correlation", "fold": "all"} | columns)
        for fold in ("first", "second"):
            scored = {"greedy_heldout": value - world.drop, "matched_heldout": 0.0}
            parts.append(key | {"criterion": "correlation", "fold": fold} | columns | scored)
        if row < 2:
            other = np.where(place < world.agreeing, columns["greedy"], 7 - columns["greedy"])
            parts.append(
                key | columns | {"criterion": "information", "fold": "all", "greedy": other}
            )
        # A dead unit counts for nothing.
        parts.append(
            {name: np.ravel(item)[:1] for name, item in parts[-1].items()}
            | {"criterion": "correlation", "fold": "all", "unit": UNITS, "dead": True}
            | {"greedy_value": 0.0, "greedy_shuffled": 0.0}
        )
    return Matching(group, **stacked(parts))


def sparse_maps(group, world):
    """Errors of the first and the last layer; that between has those of the last."""
    parts = []
    for key, row in ordered(group):
        errors = world.last_errors if row else world.first_errors
        for place, alpha in enumerate(ALPHAS):
            parts.append(
                key
                | {
                    "alpha": alpha,
                    "decay": alpha / UNITS,
                    "unit": np.arange(UNITS),
                    "predictors": world.predictors[place],
                    "weight_sum": 1.0,
                    "top_share": 0.5,
                    "top_three_share": world.top_three[place],
                    "train_error": world.train_errors[place],
                    "heldout_error": errors[place],
                    "shuffled_error": world.shuffled_error,
                    "gap": 0.0,
                }
            )
    return SparseMaps(
        group,
        **stacked(parts),
        shown_layer="conv1",
        shown_first=0,
        shown_second=1,
        shown_alpha=0.3,
        shown_weights=np.zeros((UNITS, UNITS)),
    )


def clusters(group, world):
    """The same clusters in every layer, of units in their order."""
    sizes = np.array(world.clusters)
    both = sizes.all(axis=1)
    parts, units = [], []
    for key, _ in ordered(group):
        if key["first"] > key["second"]:
            continue
        parts.append(
            key
            | {
                "cluster": np.arange(len(sizes)),
                "first_units": sizes[:, 0],
                "second_units": sizes[:, 1],
                "purity": abs(sizes[:, 0] - sizes[:, 1]) / sizes.sum(axis=1),
                "overlap": np.where(both, world.overlap, np.nan),
                "null_mixed": world.null_mixed,
                "null_overlap": world.null_overlap,
            }
        )
        for network in (0, 1):
            units.append(
                {f"unit_{name}": value for name, value in key.items()}
                | {
                    "unit_network": network,
                    "unit": np.arange(UNITS),
                    "unit_cluster": np.repeat(np.arange(len(sizes)), sizes[:, network]),
                    "unit_place": np.arange(UNITS),
                }
            )
    return Clusters(
        group,
        **stacked(parts),
        **stacked(units),
        tree_layer=np.array(["conv1"]),
        tree=np.zeros((1, 4)),
        threshold=0.2,
    )


def alignments(group, world, factor=1.0, fall=(0.0, 0.0, 0.0)):
    """Three families with scores of their own; soft matching is the permutation."""
    native = {
        "linear": world.linear,
        "procrustes": world.procrustes,
        "permutation": world.permutation,
        "soft": world.permutation,
    }
    parts = []
    for key, row in ordered(group):
        for family, value in native.items():
            kept = ("permutation", "soft")
            score = factor * value[row] - fall[row]
            rotated = world.rotated if family in kept else score
            for variant, found in (
                ("native", score),
                ("rotated", rotated),
                ("shuffled", world.chance),
            ):
                # Directions differ; a pair has their mean.
                skew = 0.01 if key["first"] < key["second"] else -0.01
                parts.append(key | {"measure": family, "variant": variant, "value": found + skew})
    return Alignments(group, **stacked(parts))


def flat_alignments(group, values):
    """The same score in every layer and variant, but for a basis that gains a little."""
    parts = [
        key
        | {"measure": family, "variant": variant, "value": value - 0.05 * (variant == "rotated")}
        for key, _ in ordered(group)
        for family, value in values.items()
        for variant in ("native", "rotated", "shuffled")
    ]
    return Alignments(group, **stacked(parts))


def example_measures(group, world):
    """All measures have the same value in a layer, and a null of 0.1."""
    parts = [
        key
        | {
            "measure": name,
            "value": world.examples[row],
            "null_mean": 0.1,
            "null_sd": 0.01,
            "p": 0.01,
        }
        for key, row in ordered(group)
        if key["first"] < key["second"]
        for name in EXAMPLE_MEASURES
    ]
    return ExampleMeasures(group, **stacked(parts), permutations=99)


def write_gathered(path, group, world):
    """Spectra of one shape, shifted by a little between seeds, in an order of each seed's own."""
    count = UNITS + 1
    means, generator = [], np.random.default_rng(0)
    for seed in range(len(group)):
        decades = np.linspace(world.decades, 0, UNITS) + world.apart * seed
        decades[0] += (world.top_apart - world.apart) * seed
        means.append(np.concatenate([generator.permutation(10**decades), [0.0]]))
    mean = np.concatenate(means)
    product = np.diag(np.where(mean > 0, 10.0, 0.0))
    half = Moments(10, mean, product)
    units = (count,) * len(group)
    moments = UnitMoments(units, (half, half), np.zeros((2, *product.shape)))
    top = TopPatches(*(np.zeros((len(mean), 1), dtype=kind) for kind in (float, int, int, int)))
    with create_hdf5(path, FORMAT, VERSION) as file:
        write_header(file, group, ["a", "b"], "hash")
        for title in LAYERS:
            write_layer(
                file, UnitLayer(title, title, units, (1, 1), 3, 1.0, 0.0), moments, top, None
            )
