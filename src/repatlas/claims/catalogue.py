"""All statistics: importing this module registers them."""

from repatlas.claims.registry import REGISTERED
from repatlas.claims.statistics import (
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
)

MODULES = (
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
)

STATISTICS = REGISTERED
