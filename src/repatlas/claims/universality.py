"""What a study has to say of networks that were followed while they learnt."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.claims.evidence import UniversalityFiles
from repatlas.claims.measurement import Measurement, Observation, Seed
from repatlas.claims.networks import UnavailableError
from repatlas.claims.reading import Array
from repatlas.dynamics.findings import FinalDistances, Fits, Geometry, LayerLaw
from repatlas.dynamics.results import Embedding, PairDistances, Trajectories
from repatlas.setting_records import SettingRecord, read_setting_record

AnyRecord = TypeVar("AnyRecord", bound=SettingRecord)

Source = Literal["points", "images"]
"""Whose course it is: of two points, or of two images while a network learns all of them."""

NOT_LEARNT = "its pair is not learnt"
"""Why a network does not count."""


class UniversalityEvidence:
    """Followed networks of a study, each file read once; networks by their names in the study.

    All methods raise ``UnavailableError`` where the study has no such networks, and ``InputError``
    for a file that is absent, damaged or of another kind.
    """

    def __init__(self, files: UniversalityFiles) -> None:
        self.files = files
        self._known: dict[Path, SettingRecord] = {}

    def course(self, name: str, source: Source = "points") -> Trajectories:
        """Course of two points or images in a network."""
        points = source == "points"
        files = self.files.trajectories if points else self.files.pairs
        return self._named(Trajectories, files, name, "network that is followed")

    def fits(self, name: str, source: Source = "points") -> Fits:
        """Theory fitted to that course."""
        points = source == "points"
        files = self.files.fits if points else self.files.pair_fits
        return self._named(Fits, files, name, "network to which theory is fitted")

    def grids(self) -> dict[str, FinalDistances]:
        """Final distances of all grids of pairs, by the names of the grids."""
        what = "grid of pairs"
        files = self.files.distances
        if not files:
            raise UnavailableError(f"this study has no {what}")
        return {name: self._named(FinalDistances, files, name, what) for name in files}

    def law(self, name: str) -> LayerLaw:
        """How distances and learning times depend on the target."""
        return self._named(LayerLaw, self.files.laws, name, "network with several targets")

    def merging(self, name: str) -> Trajectories:
        """Course of two points with the same target."""
        return self._named(Trajectories, self.files.merging, name, "network with equal targets")

    def xor(self, name: str) -> PairDistances:
        """Distances of the points of exclusive or."""
        return self._named(PairDistances, self.files.xor, name, "network of exclusive or")

    def classes(self, name: str) -> PairDistances:
        """Distances of images of all classes."""
        return self._named(PairDistances, self.files.classes, name, "network of image classes")

    def context(self) -> Embedding:
        """Networks that have learnt the context task."""
        return self._single(Embedding, self.files.context, "network of the context task")

    def geometry(self) -> Geometry:
        """Agreement of distances between networks."""
        return self._single(Geometry, self.files.geometry, "networks whose geometry is compared")

    def _named(
        self, kind: type[AnyRecord], files: Mapping[str, Path], name: str, what: str
    ) -> AnyRecord:
        return self._single(kind, files.get(name), f"{what} with the name {name}")

    def _single(self, kind: type[AnyRecord], path: Path | None, what: str) -> AnyRecord:
        if path is None:
            raise UnavailableError(f"this study has no {what}")
        if path not in self._known:
            self._known[path] = read_setting_record(kind, path)
        known = self._known[path]
        assert isinstance(known, kind)
        return known


def measured(
    name: str,
    seeds: ArrayLike,
    values: NDArray[np.floating],
    silent: str = "undefined",
    null: float | None = None,
) -> Measurement:
    """One value a replica of a network: what the bootstrap draws.

    Parameters
    ----------
    name
        Of the network.
    seeds, values
        (r,) one each a replica; a value is NaN where a replica says nothing.
    silent
        Why it says nothing.
    null
        The value expected if there were nothing to find.
    """
    found, left_out = [], []
    for seed, value in zip(np.asarray(seeds).tolist(), values.tolist(), strict=True):
        label = f"{name}, seed {seed}"
        if math.isfinite(value):
            found.append(Observation(value, (Seed(name, seed),), label))
        else:
            left_out.append(f"{label}: {silent}")
    return Measurement(tuple(found), null=null, left_out=tuple(left_out))


def together(parts: Sequence[Measurement]) -> Measurement:
    """The values of several networks as those of one claim.

    Raises
    ------
    UnavailableError
        There are none.
    """
    if not parts:
        raise UnavailableError("this study has none of the networks of which the claim speaks")
    return Measurement(
        tuple(item for part in parts for item in part.observations),
        null=parts[0].null,
        left_out=tuple(note for part in parts for note in part.left_out),
    )


def where_learnt(values: NDArray[np.floating], course: Trajectories) -> Array:
    """Values (r,) of replicas, NaN for those that have not learnt their pair."""
    kept: Array = np.where(course.converged, values, np.nan).astype(np.float64)
    return kept
