"""The part of the default study on universality: small networks that are followed in minutes."""

from repatlas.config.universality import RatedPointsSpec, RatedXorSpec, UniversalitySpec
from repatlas.dynamics.spec import (
    Activation,
    ContextSpec,
    ImagesSpec,
    LearnerSpec,
    PointsSpec,
    TwoPointsSpec,
)

FORETOLD = 10
"""First seed of networks about which theory tells with rates of others."""

DEFAULT = LearnerSpec(
    gain=0.9, width=60, depth=10, layer=5, learning_rate=0.01, steps=2400, record_every=20
)
"""The paper's default network, a tenth as wide and half as deep."""

CHANGES: dict[str, dict[str, object]] = {
    "default": {},
    "shallow": {"gain": 0.35, "depth": 2, "layer": 1, "learning_rate": 0.02},
    "narrow": {"gain": 0.95, "width": 20},
    "linear": {"activation": "none", "gain": 0.7, "learning_rate": 0.005, "steps": 3600},
    "elu": {"activation": "elu", "gain": 0.8, "learning_rate": 0.005},
    "tanh": {"activation": "tanh", "gain": 0.8, "learning_rate": 0.005, "steps": 1600},
    "relu": {"activation": "relu"},
    "swish": {"activation": "silu", "gain": 1.7, "learning_rate": 0.005, "steps": 1600},
    "skip": {"kind": "skip", "gain": 0.1, "learning_rate": 0.02},
    "cnn": {"kind": "cnn", "gain": 0.95, "depth": 4, "layer": 2, "steps": 1600},
    "dropout": {"kind": "dropout", "gain": 1.0, "steps": 1600},
    "adam": {"optimiser": "adam", "learning_rate": 1e-5},
    "gain_12": {"gain": 1.2, "learning_rate": 0.005, "steps": 1600},
    "gain_15": {"gain": 1.5, "learning_rate": 0.0005, "steps": 1600},
}
"""In what networks differ from the default one. Initial weights are the largest, and steps the
fewest, with which most seeds learn a pair from a small start; but for the gains named last."""

GRIDS = ("default", "tanh", "gain_12", "gain_15")
"""Networks whose rates tell final distances: two small starts, a middle one, a large one."""

XOR: dict[str, Activation] = {
    "relu": "relu",
    "leaky_relu": "leaky_relu",
    "elu": "elu",
    "tanh": "tanh",
}
"""Networks that learn exclusive or; the authors' are of ReLU."""


def universality() -> UniversalitySpec:
    """The paper's tasks, with networks that train in seconds.

    Trial runs with seeds from 50 on served to find sizes and learning rates; claims are judged on
    other seeds.
    """
    learners = {name: _changed(**change) for name, change in CHANGES.items()}
    return UniversalitySpec(
        trajectories={name: _pair(learner) for name, learner in learners.items()}
        # With one output the third equation says nothing that the others do not.
        | {"outputs": _pair(_changed(learning_rate=0.02), inputs=8, outputs=8)},
        layered=("default",),
        grids={name: _grid(name, learners[name]) for name in GRIDS},
        laws={name: _law(learners[name]) for name in ("default", "linear")},
        merging={"narrow": _merging()},
        xor={name: _xor(activation) for name, activation in XOR.items()},
        context=_context(),
        images={"digits": _images()},
    )


def _changed(**changes: object) -> LearnerSpec:
    return LearnerSpec.model_validate(DEFAULT.model_dump() | changes)


def _pair(learner: LearnerSpec, **points: int) -> TwoPointsSpec:
    return TwoPointsSpec(learner=learner, points=PointsSpec.model_validate(points), replicas=4)


def _grid(rates: str, learner: LearnerSpec) -> RatedPointsSpec:
    """Pairs of which the closest take longest: those that are learnt end early."""
    points = PointsSpec(input_squares=(0.5, 1.0, 1.5), target_squares=(0.0, 0.25, 0.5, 1.0))
    changes = {"steps": 12_000, "record_every": 100, "stop_loss": 1e-5}
    return RatedPointsSpec(
        learner=learner.model_copy(update=changes),
        points=points,
        replicas=3,
        seed=FORETOLD,
        rates=rates,
    )


def _law(learner: LearnerSpec) -> TwoPointsSpec:
    changes = {"steps": 6000, "record_every": 20, "stop_loss": 1e-5}
    points = PointsSpec(target_squares=(0.16, 0.25, 0.36, 0.5, 0.75, 1.0))
    return TwoPointsSpec(learner=learner.model_copy(update=changes), points=points, replicas=3)


def _merging() -> TwoPointsSpec:
    """Few units, so that by chance some decoders outweigh the distance at the start."""
    learner = _changed(
        gain=1.0, width=6, depth=3, layer=1, learning_rate=0.02, steps=4000, record_every=40
    )
    return TwoPointsSpec(learner=learner, points=PointsSpec(target_squares=(0.0,)), replicas=12)


def _xor(activation: Activation) -> RatedXorSpec:
    """Two deep settings, and one layer of hidden units as in Alleman et al. (2024)."""
    common = {"activation": activation, "steps": 6000, "record_every": 50, "stop_loss": 1e-5}
    rich, lazy = (0.75, 1.4) if activation == "tanh" else (0.85, 1.6)
    settings = {
        "rich": {"gain": rich, "learning_rate": 0.02},
        "lazy": {"gain": lazy, "learning_rate": 0.0005},
        "shallow": {"gain": 0.3, "depth": 1, "layer": 0, "learning_rate": 0.1},
    }
    learners = {name: _changed(**common, **changes) for name, changes in settings.items()}
    return RatedXorSpec(learners=learners, replicas=3, rates="default")


def _context() -> ContextSpec:
    common = {"depth": 4, "layer": 2, "batch": 32, "record_every": 100}
    settings = {
        "high_init": {"gain": 2.0, "learning_rate": 0.0015, "steps": 4000},
        "low_init": {"gain": 0.6, "learning_rate": 0.1, "steps": 5000},
        "vlow_init": {"gain": 0.45, "learning_rate": 0.2, "steps": 5000},
    }
    learners = {name: _changed(**common, **changes) for name, changes in settings.items()}
    return ContextSpec(learners=learners, positions=10, replicas=3)


def _images() -> ImagesSpec:
    learner = _changed(gain=0.7, depth=4, layer=2, batch=64, learning_rate=0.02, steps=2000)
    return ImagesSpec(data="small_digits", learner=learner, compared=60, replicas=3)
