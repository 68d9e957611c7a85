"""Records of followed networks in which the answers to all claims are planted.

"holding": as the paper has it; "failing": the other way round.
"""

import numpy as np

from repatlas.claims.evidence import UniversalityFiles
from repatlas.dynamics.findings import FinalDistances, Fits, Geometry, LayerLaw
from repatlas.dynamics.results import Embedding, PairDistances, Trajectories
from repatlas.setting_records import write_setting_record

KINDS = (
    "default", "shallow", "narrow", "linear", "elu", "tanh", "relu", "swish", "skip", "cnn",
    "dropout", "adam", "outputs",
)  # fmt: skip
SEEDS, LAYERS, LAYER, TARGET = 4, 9, 5, 0.5
STEPS = np.arange(41) * 10
PAIRS = [(dx, dy) for dx in (0.5, 1.0, 1.5) for dy in (0.0, 0.25, 0.5, 1.0)]


def wobble(count, size=0.01):
    return size * np.sin(3 * np.arange(count))


def trajectory(outcome, *, converged=True, target=TARGET):
    """Outputs part as a logistic curve from step 200 on; the mean is learnt by step 50."""
    good = outcome == "holding"
    share = 1 / (1 + np.exp(-(STEPS - 200) / 15.0))
    output = np.tile(share**2 * TARGET, (SEEDS, 1))
    misalignment = output - np.sqrt(output * TARGET) * (1 if good else 0.2)
    plateau = TARGET / 8 * (1 if good else 2) * (1 - share) ** 2
    loss = np.tile(plateau + 0.3 * np.exp(-STEPS / 8.0), (SEEDS, 1))
    course = np.linspace(1.0, 0.4 if good else 1.5, len(STEPS)) * 0.2
    hidden = np.tile(course, (SEEDS, LAYERS, 1))
    return Trajectories(
        {"replicas": SEEDS, "seed": 0},
        steps=STEPS, hidden=hidden, output=output, misalignment=misalignment, loss=loss,
        mean_error=np.ones(SEEDS), input_square=np.ones(SEEDS),
        target_square=np.full(SEEDS, target), seed=np.arange(SEEDS), layer=LAYER,
        converged=np.full(SEEDS, converged),
        curvature=np.full((SEEDS, LAYERS, len(STEPS)), 0.02 if good else 0.4),
        decoder_square=np.ones((SEEDS, LAYERS)),
    )  # fmt: skip


def fits(outcome):
    """Errors least at layer 5 of 0 to 8, or at the first."""
    good = outcome == "holding"
    layers = np.arange(LAYERS)
    errors = 0.02 + 0.02 * abs(layers - LAYER) if good else 0.3 + 0.01 * layers
    rates = 1e-3 * (1 + layers if good else LAYERS - layers)
    peak = 0.05 - 0.005 * abs(layers - 4) if good else 0.05 - 0.005 * layers
    error, hidden_rate, output_rate = (
        np.tile(part, (SEEDS, 1)) * (1 + wobble(SEEDS)[:, None]) for part in (errors, rates, peak)
    )
    nothing = np.zeros((SEEDS, len(STEPS)))
    variants = [1.0, *([3.0] * 4 if good else [1.0] * 4)]
    return Fits(
        {"replicas": SEEDS, "seed": 0},
        hidden_rate=hidden_rate, output_rate=output_rate, error=error, paper_error=error**2,
        line_slope=output_rate / hidden_rate * (1.1 if good else 5),
        line_correlation=np.full((SEEDS, LAYERS), 0.995 if good else 0.5),
        identifiable=np.ones((SEEDS, LAYERS), dtype=bool), mean_rate=np.ones(SEEDS),
        loss_error=np.full(SEEDS, 0.01 if good else 0.3), layer=LAYER, steps=STEPS,
        hidden=nothing, output=nothing, misalignment=nothing, loss=nothing,
        variant=np.array(["true", "alt1", "alt2", "alt3", "alt4"]),
        variant_error=error[:, [LAYER]] * np.array(variants),
    )  # fmt: skip


def distances(outcome, a_high):
    """A grid of which every seed has all pairs; `a_high` decides the regime."""
    good, rng = outcome == "holding", np.random.default_rng(3)
    square = np.array([(dx**2, dy**2) for dx, dy in PAIRS] * 3)
    a_low = 0.4 * np.sqrt(square.prod(axis=1))
    high = a_high * square[:, 0]
    predicted = high / 2 + np.sqrt(high**2 / 4 + a_low**2)
    start = np.maximum(high, 0.02)
    # Scattered anew, and larger than anything foretold.
    found = predicted / 1.1 if good else 3 * predicted.max() + rng.permutation(predicted)
    unaligned = found if good else predicted**2 / found
    return FinalDistances(
        {"replicas": 3, "seed": 10},
        measured=found, predicted=predicted, unaligned=unaligned, start=start,
        input_square=square[:, 0], target_square=square[:, 1],
        a_high=high, a_low=a_low, converged=np.ones(len(square), dtype=bool),
        hidden_rate=0.01, output_rate=0.05,
    )  # fmt: skip


def law(outcome):
    layers = np.arange(LAYERS)
    predicted = 2 * (layers + 1) / (LAYERS + 1)
    exponent = predicted + 0.1 if outcome == "holding" else 2 - predicted[::1] * 2
    half = np.outer([400.0, 200.0, 100.0], np.ones(SEEDS))
    return LayerLaw(
        {},
        layer=layers, exponent=np.outer(exponent, 1 + wobble(SEEDS)), predicted=predicted,
        input_square=np.ones(3), target_square=np.array([0.2, 0.5, 1.0]), half_time=half,
        predicted_half_time=half * (1.1 if outcome == "holding" else 2.0), seed=np.arange(SEEDS),
    )  # fmt: skip


def xor(outcome, name):
    """Settings rich, lazy and shallow; same-target pairs are (0, 3) and (1, 2)."""
    good = outcome == "holding"
    inputs = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    apart = np.linalg.norm(inputs[:, None] - inputs, axis=-1)
    targets = np.array([[0.0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]])
    merged, kept = np.sqrt(apart * targets) + 0.1 * apart, apart
    shallow = merged if (name == "tanh") == good else kept
    tables = [merged, kept, shallow] if good else [kept, merged, shallow]
    final = np.stack([table * (1 + wobble(SEEDS)[:, None, None]) for table in tables])
    return PairDistances(
        {},
        setting=np.array(["rich", "lazy", "shallow"]), points=inputs, input_distance=apart,
        target_distance=targets, start_distance=np.tile(apart, (3, SEEDS, 1, 1)),
        final_distance=final, start_output=np.zeros((3, SEEDS, 4, 4)),
        loss=np.full((3, SEEDS), 1e-4), seed=np.arange(SEEDS),
    )  # fmt: skip


def classes(outcome):
    """Five classes of four images along a line; distances follow it, or run against it."""
    labels, rng = np.repeat(np.arange(5), 4), np.random.default_rng(0)
    places = 3.0 * labels**1.5 + rng.random(len(labels))
    inputs = abs(places[:, None] - places)
    targets = np.sqrt(2) * (labels[:, None] != labels)
    structured = np.sqrt(inputs * targets)
    final = structured if outcome == "holding" else structured.max() - structured
    np.fill_diagonal(final, 0)
    return PairDistances(
        {},
        setting=np.array(["digits"]), points=labels[:, None].astype(float), input_distance=inputs,
        target_distance=targets, start_distance=np.tile(inputs, (1, SEEDS, 1, 1)),
        final_distance=np.tile(final, (1, SEEDS, 1, 1)),
        start_output=np.zeros((1, SEEDS, 20, 20)), loss=np.full((1, SEEDS), 0.2),
        seed=np.arange(SEEDS),
    )  # fmt: skip


def context(outcome):
    """Hidden units are directions of features: asked for along axes 0 and 1, or both along 0."""
    places = np.linspace(-1, 1, 4)
    grid = np.stack(np.meshgrid(places, places, indexing="ij"), axis=-1).reshape(-1, 2)
    both, task = np.tile(grid, (2, 1)), np.repeat([0, 1], len(grid))
    asked, useless = both[np.arange(len(both)), task], both[np.arange(len(both)), 1 - task]

    def hidden(share, *, shared):
        found = np.zeros((len(both), 4))
        found[np.arange(len(both)), 0 if shared else task] = asked
        found[:, 2] = share * useless + 5.0 * task
        return found

    good = outcome == "holding"
    low, high = (0.1, 0.9) if good else (0.9, 0.1)
    tables = {
        "high_init": hidden(high, shared=False),
        "low_init": hidden(low, shared=not good),
        "vlow_init": hidden(low, shared=good),
    }
    return Embedding(
        {},
        setting=np.repeat(list(tables), SEEDS), seed=np.tile(np.arange(SEEDS), 3),
        hidden=np.stack([table for table in tables.values() for _ in range(SEEDS)]), context=task,
        first=both[:, 0], second=both[:, 1], loss=np.full(3 * SEEDS, 1e-4),
    )  # fmt: skip


def geometry(outcome):
    """Every two of four networks, and each with the inputs, whose row must not count."""
    names = ("relu", "leaky_relu", "elu", "tanh")
    pairs = [(a, b) for i, a in enumerate(names) for b in (*names[i + 1 :], "inputs")]
    rows = [(a, b, regime) for regime in ("rich", "lazy") for a, b in pairs]
    values = {"rich": 0.95, "lazy": 0.5} if outcome == "holding" else {"rich": 0.4, "lazy": 0.9}
    found = [-1.0 if b == "inputs" else values[regime] for _, b, regime in rows]
    first, second, regime = (np.array(part) for part in zip(*rows, strict=True))
    count = len(rows)
    return Geometry(
        {},
        first=first, second=second, regime=regime, correlation=np.array(found) + wobble(count),
        scale=np.ones(count), null_mean=np.full(count, -0.2), null_sd=np.full(count, 0.3),
        p=np.full(count, 0.04),
    )  # fmt: skip


def records(outcome):
    """Every record of a study, by part and name."""
    return {
        "trajectories": {name: trajectory(outcome) for name in KINDS},
        "fits": {name: fits(outcome) for name in KINDS},
        "distances": {
            name: distances(outcome, a_high)
            for name, a_high in (("default", 0.02), ("gain_12", 0.25), ("gain_16", 3.0))
        },
        "laws": {name: law(outcome) for name in ("default", "linear")},
        "merging": {"narrow": trajectory(outcome, target=0.0)},
        "xor": {name: xor(outcome, name) for name in ("relu", "tanh")},
        "pairs": {"digits": trajectory(outcome, converged=False)},
        "pair_fits": {"digits": fits(outcome)},
        "classes": {"digits": classes(outcome)},
        "context": context(outcome),
        "geometry": geometry(outcome),
    }


def write_universality(folder, known):
    """Write records, and name them as the evidence does."""
    named = {}
    for part, found in known.items():
        tables = found if isinstance(found, dict) else {"": found}
        paths = {name: folder / part / f"{name or part}.h5" for name in tables}
        (folder / part).mkdir(parents=True)
        for name, record in tables.items():
            write_setting_record(record, paths[name])
        named[part] = paths if isinstance(found, dict) else paths[""]
    return UniversalityFiles.model_validate(named)
