"""Records of followed networks in which the theory of two points is planted, with some noise."""

import numpy as np

from repatlas.dynamics.findings import INPUTS, THEORY, FinalDistances, Fits, Geometry, LayerLaw
from repatlas.dynamics.results import Embedding, PairDistances, Trajectories
from repatlas.dynamics.spec import LearnerSpec, PointsSpec, TwoPointsSpec

DEPTH, LAYER = 10, 5
RATES = (0.0063, 0.045)
VARIANTS = ("true", "alt1", "alt2", "alt3", "alt4")
ARCHITECTURES = {
    "default": LearnerSpec(learning_rate=0.02, steps=3000),
    "narrow": LearnerSpec(learning_rate=0.02, steps=3000, width=25, gain=1.05),
    "linear": LearnerSpec(learning_rate=0.01, steps=3000, activation="none", gain=0.85),
    "elu": LearnerSpec(learning_rate=0.01, steps=3000, activation="elu", gain=0.95),
    "tanh": LearnerSpec(learning_rate=0.01, steps=3000, activation="tanh", gain=0.85),
    "relu": LearnerSpec(learning_rate=0.02, steps=3000, activation="relu"),
    "skip": LearnerSpec(learning_rate=0.02, steps=3000, kind="skip", gain=0.1),
    "gain_1.3": LearnerSpec(learning_rate=0.003, steps=3000, gain=1.3),
}


def wobble(shape, size, key):
    """Factors near 1."""
    return 1 + size * np.random.default_rng(key).standard_normal(shape)


def course(steps, start, rates, input_square, target_square):
    """Three curves (3, ..., t) of the theory, by small steps of the equations."""
    h, y, w = (np.array(part, dtype=float) for part in np.broadcast_arrays(*start))
    encoder, decoder = rates[0] * input_square, rates[1]
    seen, parts = [], 20
    step = (steps[1] - steps[0]) / parts
    for number in range(len(steps) * parts):
        if number % parts == 0:
            seen.append(np.stack([h, y, w]))
        grown, spread = decoder * h, encoder * w / h
        change = (
            -encoder * w,
            -w * grown - spread * y,
            -((3 * w - y + target_square) * grown + (y + w) * spread) / 2,
        )
        h, y, w = h + step * change[0], y + step * change[1], w + step * change[2]
    return np.moveaxis(np.stack(seen), 0, -1)


def layer_rates():
    """Rates (2, L): the encoder's grows with depth, the decoder's has its maximum in the middle."""
    away = np.arange(DEPTH) - LAYER
    return np.array([RATES[0] * 1.25**away, RATES[1] * np.exp(-((away / 6) ** 2))])


def trajectories(name="default", replicas=4, *, targets=(0.5,), times=151):
    """A replica a seed and target; diverged and unlearnt ones are for the tests to plant."""
    key = [ord(letter) for letter in name]
    learner = ARCHITECTURES.get(name, ARCHITECTURES["default"])
    spec = TwoPointsSpec(
        learner=learner, points=PointsSpec(target_squares=targets), replicas=replicas
    )
    target = np.repeat(targets, replicas)
    rows, steps = len(target), np.linspace(0, learner.steps, times).astype(np.int64)
    first = 0.008 * wobble((rows, 1), 0.2, [*key, 1])
    signed = 0.02 * np.abs(wobble((rows, 1), 0.2, [*key, 2]))
    start = first * 0.8 ** (np.arange(DEPTH) - LAYER), signed**2, signed**2
    start = start[0], start[1], signed**2 - signed * np.sqrt(target)[:, None]
    curves = course(steps, start, layer_rates(), 1.0, target[:, None])
    lag = 0.03 * np.sin(np.linspace(0, np.pi, times)) * wobble((rows, 1), 1, [*key, 3])
    h, y, w = curves[0], curves[1][:, LAYER], curves[2][:, LAYER]
    mean_error = 0.9 * wobble(rows, 0.1, [*key, 4])
    loss = loss_of(y, w, target[:, None], mean_error[:, None], steps)
    away = np.abs(np.arange(DEPTH) - LAYER)[:, None]
    return Trajectories(
        spec.model_dump(mode="json"),
        steps=steps, hidden=h * (1 - lag[:, None]), output=y * (1 - lag),
        misalignment=w * (1 - lag),
        loss=loss * (1 + lag), mean_error=mean_error, input_square=np.ones(rows),
        target_square=target, seed=np.tile(np.arange(replicas), len(targets)), layer=LAYER,
        converged=np.ones(rows, dtype=bool),
        curvature=0.02 * (1 + away) * (1 - np.sqrt(h) / 2) * np.abs(wobble(h.shape, 0.05, key)),
        decoder_square=np.full((rows, DEPTH), 0.5),
    )  # fmt: skip


def loss_of(y, w, target, mean_error, steps, rate=0.02):
    """Loss of the theory."""
    return (2 * np.exp(-2 * rate * steps) * mean_error + w + (target - y) / 2) / 4


def fits(followed, *, whole=True):
    """Theory of followed networks, right but for the noise; of the compared layer only if not
    whole."""
    rows, key = len(followed.seed), len(followed.settings["learner"]["activation"])
    away = np.abs(np.arange(DEPTH) - LAYER - 1)
    error = (0.02 + 0.02 * away) * np.abs(wobble((rows, DEPTH), 0.2, [key, 1]))
    rates = layer_rates()[:, None] * wobble((2, rows, DEPTH), 0.05, [key, 2])
    start = [part[:, 0] for part in (followed.hidden[:, LAYER], followed.output)]
    start.append(followed.misalignment[:, 0])
    h, y, w = course(followed.steps, start, RATES, 1.0, followed.target_square)
    hide = np.ones(DEPTH) if whole else np.where(np.arange(DEPTH) == LAYER, 1, np.nan)
    slopes = rates[1] / rates[0]
    variant = error[:, [LAYER]] * np.array([1, 6, 7, 2.5, 4]) * wobble((rows, 5), 0.1, [key, 3])
    return Fits(
        followed.settings,
        hidden_rate=rates[0] * hide, output_rate=rates[1] * hide, error=error * hide,
        paper_error=error**2 * hide, line_slope=slopes * hide,
        line_correlation=(1 - error**2) * hide, identifiable=np.isfinite(error * hide),
        mean_rate=np.full(rows, 0.02), loss_error=0.5 * error[:, LAYER], layer=LAYER,
        steps=followed.steps, hidden=h, output=y, misalignment=w,
        loss=loss_of(y, w, followed.target_square[:, None], followed.mean_error[:, None],
                     followed.steps),
        variant=np.array(VARIANTS), variant_error=variant,
    )  # fmt: skip


def final_distances(name="default", *, lazy=False):
    """5 x 5 pairs of each of 3 seeds, near the closed form."""
    key = [ord(letter) for letter in name]
    dx, dy, _ = (part.ravel() for part in np.meshgrid(
        np.linspace(0.5, 1.5, 5), np.linspace(0, 1, 5), np.arange(3), indexing="ij"))  # fmt: skip
    start = (2.0 if lazy else 0.02) * dx**2 * np.abs(wobble(dx.shape, 0.2, key))
    a_high, a_low = start - 0.01 * dx**2, np.sqrt(RATES[0] / RATES[1]) * dx * dy
    predicted = a_high / 2 + np.sqrt(a_high**2 / 4 + a_low**2)
    measured = predicted * wobble(dx.shape, 0.05, [*key, 1])
    converged = np.ones(len(dx), dtype=bool)
    converged[-2:] = False
    measured[-2:] = [predicted[-2] / 2, np.nan]
    return FinalDistances(
        trajectories(name, times=4).settings, measured=measured, predicted=predicted,
        unaligned=predicted * 0.99, input_square=dx**2, target_square=dy**2, start=start,
        a_high=a_high, a_low=a_low, converged=converged, hidden_rate=RATES[0],
        output_rate=RATES[1],
    )  # fmt: skip


def pairwise(points):
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def xor(replicas=3, settings=("rich", "intermediate", "lazy")):
    """Exclusive or; the later the setting the more of the start is kept."""
    points = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    targets = np.array([0.0, 1, 1, 0])[:, None]
    inputs, outputs = pairwise(points), pairwise(targets)
    shape = len(settings), replicas, 4, 4
    noise = wobble(shape, 0.05, 7)
    noise = (noise + np.swapaxes(noise, -1, -2)) / 2
    start = inputs * np.geomspace(0.05, 2, len(settings))[:, None, None, None] * noise
    start_output = 0.2 * start
    ratio = RATES[0] / RATES[1] * inputs**2
    with np.errstate(invalid="ignore"):
        a_high = start**2 - np.nan_to_num(ratio * start_output**2 / start**2)
    final = np.sqrt(a_high / 2 + np.sqrt(a_high**2 / 4 + ratio * outputs**2)) * noise
    return PairDistances(
        {"replicas": replicas}, setting=np.array(settings), points=points, input_distance=inputs,
        target_distance=outputs, start_distance=start, final_distance=np.nan_to_num(final),
        start_output=start_output, loss=np.full(shape[:2], 1e-4), seed=np.arange(replicas),
    )  # fmt: skip


def images(classes=10, each=10, replicas=3):
    """Images of some classes; distances near the rich regime."""
    source = np.random.default_rng(3)
    labels = np.repeat(np.arange(classes), each)
    points = source.standard_normal((classes, 64))[labels] * 1.2
    points = points + source.standard_normal((len(labels), 64)) * 0.8
    inputs = pairwise(points)
    targets = np.sqrt(2.0) * (labels[:, None] != labels)
    noise = np.abs(wobble((1, replicas, len(labels), len(labels)), 0.15, 4))
    noise = (noise + np.swapaxes(noise, -1, -2)) / 2
    final = np.sqrt(0.3 * inputs * targets + 0.05 * inputs**2) * noise
    return PairDistances(
        {"data": "digits", "replicas": replicas}, setting=np.array(["digits"]),
        points=labels[:, None].astype(float), input_distance=inputs, target_distance=targets,
        start_distance=0.1 * inputs * noise, final_distance=final,
        start_output=0.01 * inputs * noise,
        loss=np.full((1, replicas), 0.01), seed=np.arange(replicas),
    )  # fmt: skip


def embedding(positions=12, width=100):
    """Context task: a rich start drops the feature that is of no use, a lazy one keeps it."""
    kept = {"high_init": 1.0, "low_init": 0.1, "vlow_init": 0.02}
    axis = np.linspace(-1, 1, positions)
    first, second = (np.tile(part.ravel(), 2) for part in np.meshgrid(axis, axis, indexing="ij"))
    context = np.repeat([0, 1], positions**2)
    source = np.random.default_rng(5)
    basis = np.linalg.qr(source.standard_normal((width, 5)))[0].T
    hidden = []
    for name, share in kept.items():
        for _ in range(2):
            here = np.where(context == 0, 1, share), np.where(context == 1, 1, share)
            parts = (
                here[0] * first,
                here[1] * second,
                0.8 * (context - 0.5) * (name != "vlow_init"),
            )
            made = np.stack(parts, axis=1) @ basis[:3]
            hidden.append(made + 0.02 * source.standard_normal(made.shape))
    return Embedding(
        {}, setting=np.repeat(list(kept), 2), seed=np.tile([0, 1], len(kept)),
        hidden=np.array(hidden), context=context, first=first, second=second,
        loss=np.linspace(1e-4, 2e-4, 6),
    )  # fmt: skip


def geometry(names=("default", "tanh", "relu", "skip", "elu"), regimes=("rich", "lazy")):
    """Every two of some networks alike in the rich regime, less so in the lazy one."""
    rows = [
        (one, other, regime)
        for regime in regimes
        for place, one in enumerate(names)
        for other in (*names[place + 1 :], INPUTS, THEORY)
    ]
    first, second, regime = (np.array(part) for part in zip(*rows, strict=True))
    source = np.random.default_rng(6)
    height = np.where(regime == regimes[0], 0.95, 0.5)
    found = np.clip(height + 0.04 * source.standard_normal(len(rows)), -1, 1)
    return Geometry(
        {}, first=first, second=second, regime=regime, correlation=found,
        scale=1 + 0.2 * source.random(len(rows)), null_mean=np.full(len(rows), 0.02),
        null_sd=np.full(len(rows), 0.15), p=np.where(found > 0.3, 0.001, 0.2),
    )  # fmt: skip


def layer_law(layers=DEPTH, seeds=3):
    """Exponents near those of balanced linear networks, half times near the logistic curve's."""
    layer = np.arange(layers)
    predicted = 2 * (layer + 1) / (layers + 1)
    dx, dy = (part.ravel() for part in np.meshgrid([0.5, 1.0, 1.5], [0.25, 0.5, 1.0]))
    half = 800 / (dx * dy)[:, None] * np.abs(wobble((len(dx), seeds), 0.1, 8))
    half[0, 0] = np.nan
    return LayerLaw(
        trajectories(times=4).settings, layer=layer,
        exponent=predicted[:, None] * wobble((layers, seeds), 0.1, 9), predicted=predicted,
        input_square=dx**2, target_square=dy**2, half_time=half,
        predicted_half_time=800 / (dx * dy)[:, None] * np.ones(seeds), seed=np.arange(seeds),
    )  # fmt: skip
