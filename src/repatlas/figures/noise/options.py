"""Options of the scripts of these figures that name their records."""

from repatlas.ensembles.results import SimulatedAlignment, TrainedEnsemble
from repatlas.figures.options import Input
from repatlas.setting_records import read_setting_record

SIMULATION = Input(
    "simulation",
    "exact solutions of noisy regression",
    lambda paths: read_setting_record(SimulatedAlignment, paths[0]),
)


def ensembles(*, required: bool) -> Input:
    """Give the option that names trained ensembles."""
    return Input(
        "ensembles",
        "trained ensembles, in the order of their panels",
        lambda paths: [read_setting_record(TrainedEnsemble, path) for path in paths],
        required,
    )
