"""All statistics: importing this module registers them."""

from repatlas.claims.registry import REGISTERED
from repatlas.claims.statistics import color, components, dominant, emergence, seeds

MODULES = (color, components, dominant, emergence, seeds)

STATISTICS = REGISTERED
