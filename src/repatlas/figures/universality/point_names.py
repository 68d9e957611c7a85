"""Names of the points of a task."""

from repatlas.dynamics.results import PairDistances


def point_names(pairs: PairDistances) -> list[str]:
    """Inputs as digits, such as 01."""
    return ["".join(f"{value:g}" for value in point) for point in pairs.points]
