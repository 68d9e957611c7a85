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

REPLICAS = 8
"""Networks that learn one pair; more of them make the claims on it surer."""

FORETOLD = 20
"""First seed of networks about which theory tells with rates of others."""

DEFAULT = LearnerSpec(
    gain=0.9, width=100, depth=10, layer=5, learning_rate=0.01, steps=2400, record_every=20
)
"""The paper's default network, a fifth as wide and half as deep."""

CHANGES: dict[str, dict[str, object]] = {
    "default": {},
    "shallow": {"gain": 0.35, "depth": 2, "layer": 1, "learning_rate": 0.02},
    "narrow": {"gain": 1.05, "width": 30, "learning_rate": 0.005},
    "linear": {"activation": "none", "gain": 0.75, "learning_rate": 0.006},
    "elu": {"activation": "elu", "gain": 0.75, "learning_rate": 0.005},
    "tanh": {"activation": "tanh", "gain": 0.7, "learning_rate": 0.008},
    "relu": {"activation": "relu"},
    "swish": {"activation": "silu", "gain": 1.45},
    "skip": {"kind": "skip", "gain": 0.15, "learning_rate": 0.03},
    "cnn": {"kind": "cnn", "gain": 1.1, "width": 60, "depth": 6, "layer": 4},
    "dropout": {"kind": "dropout", "dropout": 0.05},
    "adam": {"optimiser": "adam", "learning_rate": 1e-5},
    "two_layer": {"activation": "none", "gain": 0.1, "depth": 1, "layer": 0, "steps": 3000},
    "gain_12": {"gain": 1.2, "learning_rate": 0.004},
    "gain_14": {"gain": 1.4, "learning_rate": 0.001},
    "gain_16": {"gain": 1.6, "learning_rate": 0.0002},
}
"""In what networks differ from the default one. Initial weights are the largest, and steps the
fewest, with which most seeds learn a pair from a small start; but for the gains named last."""

GRIDS = ("default", "tanh", "gain_12", "gain_16")
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
    return TwoPointsSpec(
        learner=learner, points=PointsSpec.model_validate(points), replicas=REPLICAS
    )


def _grid(name: str, learner: LearnerSpec) -> RatedPointsSpec:
    """The paper's pairs, of which the closest take longest: those that are learnt end early."""
    points = PointsSpec(
        input_squares=(0.25, 0.5625, 1.0, 1.5625, 2.25),
        target_squares=(0.0, 0.0625, 0.25, 0.5625, 1.0),
    )
    changes = {"steps": 6000, "record_every": 50, "stop_loss": 1e-4}
    return RatedPointsSpec(
        learner=learner.model_copy(update=changes),
        points=points,
        replicas=3,
        seed=FORETOLD,
        rates=name,
    )


def _law(learner: LearnerSpec) -> TwoPointsSpec:
    changes = {"steps": 6000, "record_every": 20, "stop_loss": 1e-5}
    points = PointsSpec(target_squares=(0.16, 0.25, 0.36, 0.5, 0.75, 1.0))
    return TwoPointsSpec(learner=learner.model_copy(update=changes), points=points, replicas=6)


def _merging() -> TwoPointsSpec:
    """Few units, so that by chance some decoders outweigh the distance at the start."""
    learner = _changed(
        gain=1.0, width=6, depth=3, layer=1, learning_rate=0.02, steps=4000, record_every=40
    )
    return TwoPointsSpec(learner=learner, points=PointsSpec(target_squares=(0.0,)), replicas=40)


RICH_XOR: dict[Activation, dict[str, object]] = {
    "elu": {"gain": 0.65, "learning_rate": 0.06, "steps": 8000},
    "tanh": {"gain": 0.7, "learning_rate": 0.08, "steps": 8000},
}
"""Smaller starts of units that bend less: from those of ReLUs, they learn as linear ones would."""


def _xor(activation: Activation) -> RatedXorSpec:
    """Three deep settings, and one layer of hidden units as in Alleman et al. (2024)."""
    common = {"activation": activation, "record_every": 50, "stop_loss": 1e-5}
    rich = {"gain": 0.85, "learning_rate": 0.02, "steps": 6000}
    lazy_gain = 1.4 if activation == "tanh" else 1.6
    settings: dict[str, dict[str, object]] = {
        "rich": rich | RICH_XOR.get(activation, {}),
        "intermediate": {"gain": 1.25, "learning_rate": 0.004, "steps": 4000},
        "lazy": {"gain": lazy_gain, "learning_rate": 0.0005, "steps": 6000},
        "shallow": {"gain": 0.3, "depth": 1, "layer": 0, "learning_rate": 0.1, "steps": 6000},
    }
    learners = {name: _changed(**common, **changes) for name, changes in settings.items()}
    return RatedXorSpec(learners=learners, replicas=REPLICAS, rates="default")


def _context() -> ContextSpec:
    common = {"depth": 4, "layer": 2, "batch": 64, "record_every": 100}
    settings = {
        "high_init": {"gain": 2.0, "learning_rate": 0.0015, "steps": 4000},
        "low_init": {"gain": 0.85, "learning_rate": 0.02, "steps": 6000},
        "vlow_init": {"gain": 0.45, "learning_rate": 0.15, "steps": 8000},
    }
    learners = {name: _changed(**common, **changes) for name, changes in settings.items()}
    return ContextSpec(learners=learners, positions=10, replicas=3)


def _images() -> ImagesSpec:
    learner = _changed(gain=0.5, depth=4, layer=2, batch=64, learning_rate=0.02, steps=4000)
    return ImagesSpec(data="small_digits", learner=learner, compared=60, replicas=4)
