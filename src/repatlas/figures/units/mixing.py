"""How far clusters mix the units of two networks, by layer and pair of networks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from repatlas.figures.units.scores import PairNumbers
from repatlas.units.results import Clusters

PAIR = ["first", "second"]


def mixing(record: Clusters, layers: Sequence[str]) -> dict[str, PairNumbers]:
    """Numbers (L, P) of pairs of networks in some layers, NaN where there are none.

    Returns
    -------
    dict
        ``mixed``: share of clusters with units of both networks; ``overlap``: mean over these of
        the overlap of the subspaces of either network's units; ``null_mixed`` and
        ``null_overlap``: the same where the second network saw other images.
    """
    both = (record.first_units > 0) & (record.second_units > 0)
    table = pd.DataFrame(
        {
            "layer": record.layer,
            "first": record.first,
            "second": record.second,
            "mixed": both.astype(np.float64),
            "overlap": record.overlap,
            "null_mixed": record.null_mixed,
            "null_overlap": record.null_overlap,
        }
    )
    means = table.groupby(["layer", *PAIR]).mean()
    return {str(name): means[name].unstack(PAIR).reindex(list(layers)) for name in means}
