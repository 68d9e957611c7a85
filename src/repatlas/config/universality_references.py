"""Whether followed networks fit those whose rates tell about them: raises ``ValueError``."""

from collections.abc import Mapping

from repatlas.config.universality import RatedPointsSpec, UniversalitySpec
from repatlas.data.spec import DataSpec
from repatlas.dynamics.spec import LearnerSpec, TwoPointsSpec
from repatlas.naming import missing_name

FREE = ("learning_rate", "batch", "steps", "record_every", "stop_loss")
"""In what networks may differ of which one tells final distances of the other: only the ratio of
the rates counts there, and the learning rate is a factor of both."""


def check_universality(paper: UniversalitySpec, data: Mapping[str, DataSpec]) -> None:
    """Check every name, and that pairs are such as they are wanted for."""
    where = "universality"
    for name in paper.layered:
        missing_name(f"{where}.layered", name, paper.trajectories)
    for name, spec in paper.trajectories.items():
        _check_one_pair(f"{where}.trajectories.{name}", spec)
    for name, grid in paper.grids.items():
        _check_rates(f"{where}.grids.{name}", grid, paper.trajectories)
    for name, spec in paper.laws.items():
        _check_law(f"{where}.laws.{name}", spec)
    for name, spec in paper.merging.items():
        _check_merging(f"{where}.merging.{name}", spec)
    for name, xor in paper.xor.items():
        missing_name(f"{where}.xor.{name}.rates", xor.rates, paper.trajectories)
    for name, images in paper.images.items():
        missing_name(f"{where}.images.{name}.data", images.data, data)


def _check_one_pair(where: str, spec: TwoPointsSpec) -> None:
    pairs = len(spec.points.input_squares) * len(spec.points.target_squares)
    if pairs > 1:
        raise ValueError(f"{where}.points: {pairs} pairs; give one, and others under `grids`")


def _check_rates(
    where: str, grid: RatedPointsSpec, trajectories: Mapping[str, TwoPointsSpec]
) -> None:
    """Rates are those of the same network, from other seeds."""
    missing_name(f"{where}.rates", grid.rates, trajectories)
    fitted = trajectories[grid.rates]
    for key in LearnerSpec.model_fields:
        own, other = getattr(grid.learner, key), getattr(fitted.learner, key)
        if key not in FREE and own != other:
            raise ValueError(
                f"{where}.learner.{key}: {own} differs from that of {grid.rates}, {other}, whose "
                "rates are taken: give both the same"
            )
    if set(_seeds(grid)) & set(_seeds(fitted)):
        raise ValueError(
            f"{where}.seed: {grid.seed}, with {grid.replicas} replicas, shares seeds with "
            f"{grid.rates}, so that nothing would be foretold: write "
            f"{fitted.seed + fitted.replicas}"
        )


def _seeds(spec: TwoPointsSpec) -> range:
    return range(spec.seed, spec.seed + spec.replicas)


def _check_law(where: str, spec: TwoPointsSpec) -> None:
    squares = spec.points.target_squares
    if min(squares) == 0 or len(set(squares)) < 2:
        raise ValueError(
            f"{where}.points.target_squares: {_listed(squares)}: give two or more, all above 0"
        )


def _check_merging(where: str, spec: TwoPointsSpec) -> None:
    squares = spec.points.target_squares
    if any(squares):
        raise ValueError(f"{where}.points.target_squares: {_listed(squares)}: write [0]")


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)
