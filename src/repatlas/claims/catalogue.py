"""All statistics: each registers itself when its module is imported here.

They are named, not looked up in their folder: the hash of the code behind a job follows imports.
"""

from repatlas.claims.registry import REGISTERED
from repatlas.claims.statistics import (  # noqa: F401
    ablation,
    accuracy,
    color,
    components,
    crossed,
    dominant,
    emergence,
    measures,
    modes,
    noise,
    noise_error,
    noise_theory,
    norms,
    probing,
    regression,
    removal,
    retrained,
    seeds,
    synthetic,
    training,
    units_alignment,
    units_clusters,
    units_controls,
    units_examples,
    units_information,
    units_matching,
    units_prediction,
    units_shift,
    units_spectra,
    units_training,
    universality_context,
    universality_course,
    universality_distances,
    universality_fits,
    universality_layers,
    universality_points,
)

STATISTICS = REGISTERED
