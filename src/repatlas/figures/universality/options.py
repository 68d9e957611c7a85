"""Options of the scripts of these figures; the name of a file is the name of its network."""

from collections.abc import Sequence
from pathlib import Path

from repatlas.dynamics.findings import FinalDistances, Fits, Geometry, LayerLaw
from repatlas.dynamics.results import Embedding, PairDistances, Trajectories
from repatlas.errors import InputError
from repatlas.figures.options import Input
from repatlas.setting_records import AnySettingRecord, SettingRecord, read_setting_record


def records(option: str, told: str, kind: type[SettingRecord]) -> Input:
    """Give an option that names files of one kind; it opens to records by name."""
    return Input(option, told, lambda paths: _by_name(option, kind, paths))


def record(option: str, told: str, kind: type[SettingRecord]) -> Input:
    """Give an option that names one file."""
    return Input(option, told, lambda paths: _only(option, kind, paths))


def _by_name(
    option: str, kind: type[AnySettingRecord], paths: Sequence[Path]
) -> dict[str, AnySettingRecord]:
    found: dict[str, AnySettingRecord] = {}
    for path in paths:
        if path.stem in found:
            raise InputError(f"--{option}: two files are named {path.stem}: give each a name")
        found[path.stem] = read_setting_record(kind, path)
    return found


def _only(option: str, kind: type[AnySettingRecord], paths: Sequence[Path]) -> AnySettingRecord:
    if len(paths) != 1:
        raise InputError(f"--{option} takes one file, not {len(paths)}")
    return read_setting_record(kind, paths[0])


TRAJECTORIES = records("trajectories", "followed pairs, in the order of panels", Trajectories)
FITS = records("fits", "theory fitted to them, in the same order", Fits)
DISTANCES = records("distances", "final distances of grids of pairs", FinalDistances)
LAWS = records("law", "distances over layers and targets", LayerLaw)
PAIRS = records("pairs", "distances of several points", PairDistances)
ONE_TRAJECTORY = record("trajectories", "followed pair", Trajectories)
ONE_FIT = record("fits", "theory fitted to a pair", Fits)
ONE_PAIRS = record("pairs", "distances of several points", PairDistances)
CLASSES = record("classes", "distances of images", PairDistances)
EMBEDDING = record("embedding", "hidden layers on the context task", Embedding)
GEOMETRY = record("geometry", "how alike distances are", Geometry)
