"""Files about followed networks, by the parts of the section that name them."""

from dataclasses import dataclass

from repatlas.config.universality import UniversalitySpec
from repatlas.workflow.paths import Paths

COMPARED = 2
"""Networks of exclusive or from which on their geometry is compared."""


@dataclass(frozen=True)
class DynamicsFiles:
    """Where everything lies that one study makes of followed networks; by names in the section."""

    paths: Paths
    spec: UniversalitySpec

    @property
    def trajectories(self) -> dict[str, str]:
        """Courses of one pair of points."""
        return self._of("trajectories", list(self.spec.trajectories))

    @property
    def fits(self) -> dict[str, str]:
        """Theory fitted to those."""
        return self._of("fits/trajectories", list(self.spec.trajectories))

    @property
    def layered(self) -> list[str]:
        """Theory fitted at every hidden layer."""
        return [self.fits[name] for name in self.spec.layered]

    @property
    def distances(self) -> dict[str, str]:
        """Final distances of grids of pairs, foretold and measured."""
        return self._of("distances", list(self.spec.grids))

    @property
    def laws(self) -> dict[str, str]:
        """How distances and learning times depend on the target."""
        return self._of("layer_laws", list(self.spec.laws))

    @property
    def merging(self) -> dict[str, str]:
        """Courses of two points with the same target."""
        return self._of("merging", list(self.spec.merging))

    @property
    def xor(self) -> dict[str, str]:
        """Distances between the points of exclusive or."""
        return self._of("xor", list(self.spec.xor))

    @property
    def geometry(self) -> str | None:
        """Agreement of those distances between networks; None where there are too few."""
        return self.paths.geometry if len(self.spec.xor) >= COMPARED else None

    @property
    def context(self) -> str | None:
        """Networks that have learnt the context task."""
        return None if self.spec.context is None else self.paths.context

    @property
    def pairs(self) -> dict[str, str]:
        """Courses of two images."""
        return self._of("pairs", list(self.spec.images))

    @property
    def pair_fits(self) -> dict[str, str]:
        """Theory fitted to those."""
        return self._of("fits/pairs", list(self.spec.images))

    @property
    def classes(self) -> dict[str, str]:
        """Distances between images of all classes."""
        return self._of("classes", list(self.spec.images))

    def _of(self, kind: str, names: list[str]) -> dict[str, str]:
        return {name: self.paths.dynamics(kind, name) for name in names}
