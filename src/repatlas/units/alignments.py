"""How well the units of one network are mapped onto those of another, by families of maps.

"Bridging Critical Gaps in Convergent Learning" (Kapoor et al. 2025), with soft matching (Khosla and
Williams 2024) and measures of subspaces beside it. All of it is made of covariances.
"""

import numpy as np

from repatlas.similarity.soft_matching import transport_plan
from repatlas.units.canonical import (
    canonical_correlations,
    canonical_directions,
    projection_weights,
)
from repatlas.units.linear_map import linear_map
from repatlas.units.matching import maximum_matching, semi_matching
from repatlas.units.rotation import procrustes_map
from repatlas.units.standard import Pair

SHARE = 0.99
"""Share of variance that SVCCA keeps (Raghu et al. 2017)."""


def heldout_scores(fit: Pair, heldout: Pair) -> dict[str, float]:
    """Scores of maps of X onto Y that are found on some images, over others.

    Each is the mean over the units of Y of their correlation with what they are mapped from, by the
    names of `repatlas.units.results.ALIGNMENTS`:

    - ``linear``, ``procrustes``: a linear map and an orthogonal one;
    - ``permutation``: each unit of Y has one of X, each of X at most one of Y, of largest total
      correlation; where X has fewer units, those left over count as 0;
    - ``semi``: each unit of Y has the best one of X, several perhaps the same;
    - ``soft``: ``sum_ij P_ij c_ij`` for the best transport plan P, of which each unit of either
      network has an equal part; of as many units as many, it is the permutation;
    - ``cca``, ``svcca``, ``pwcca``: means over canonical directions instead of units.

    Eigenvectors and singular vectors take most of the time, O(p^3): about 3 s on one core for 1024
    units with 1024, and 64 times that for 4096.

    Parameters
    ----------
    fit, heldout
        The two networks over the images on which maps are found, and over those that score them.
    """
    directions = canonical_directions(fit)
    canonical = canonical_correlations(directions, heldout)
    reduced = canonical_correlations(canonical_directions(fit, SHARE), heldout)
    one_to_one = maximum_matching(fit.correlation.T)
    best = semi_matching(fit.correlation.T)
    return {
        "linear": float(heldout.map_correlations(linear_map(fit)).mean()),
        "procrustes": float(heldout.map_correlations(procrustes_map(fit)).mean()),
        "permutation": float(heldout.match_correlations(one_to_one).mean()),
        "soft": float(np.vdot(transport_plan(-fit.correlation), heldout.correlation)),
        "semi": float(heldout.match_correlations(best).mean()),
        "cca": float(canonical.mean()),
        "svcca": float(reduced.mean()),
        "pwcca": float(projection_weights(directions, fit) @ canonical),
    }


def unit_cka(pair: Pair) -> float:
    """Linear CKA of the units of two networks (Kornblith et al. 2019), in [0, 1].

    ``|C_xy|^2 / (|C_xx| |C_yy|)`` in Frobenius norms, with every row of a map for an example.
    """
    own = np.linalg.norm(pair.first.covariance) * np.linalg.norm(pair.second.covariance)
    return float(np.linalg.norm(pair.cross) ** 2 / own)


def alignment_scores(halves: tuple[Pair, Pair], whole: Pair) -> dict[str, float]:
    """Scores by all measures of `repatlas.units.results.ALIGNMENTS`.

    Parameters
    ----------
    halves
        The two networks over either half of the images: maps found on one are scored on the other,
        and both scores averaged.
    whole
        Over all images, for CKA, which fits nothing.
    """
    first, second = halves
    there, back = heldout_scores(first, second), heldout_scores(second, first)
    scores = {name: (there[name] + back[name]) / 2 for name in there}
    return scores | {"cka": unit_cka(whole)}
