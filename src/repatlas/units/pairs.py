"""Which networks of a group are related to which."""

from itertools import permutations

from repatlas.errors import InputError
from repatlas.units.gathered import GatheredUnits


def ordered_pairs(gathered: GatheredUnits) -> list[tuple[int, int]]:
    """Every network with every other, in either direction.

    Raises
    ------
    InputError
        The file is about a single network.
    """
    count = len(gathered.networks)
    if count < 2:
        raise InputError(
            f"{gathered.path} is about a single network: gather the units of two or more together"
        )
    return list(permutations(range(count), 2))
