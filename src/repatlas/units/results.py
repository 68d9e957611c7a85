"""What is found between the units of several networks, as records in long form.

Networks are named by their place in ``subjects``, layers by their titles (conv1, ...).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from repatlas.group_records import GroupRecord

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]
Texts = NDArray[np.str_]

CRITERIA = ("correlation", "information")
"""By what units are matched: correlation, or mutual information in nats."""

FOLDS = ("all", "first", "second")
"""On which images matches are found: all, or one half, whose matches the other half scores."""

ALIGNMENTS = {
    "linear": "linear regression",
    "procrustes": "orthogonal Procrustes",
    "permutation": "permutation",
    "soft": "soft matching",
    "semi": "semi-matching",
    "cca": "CCA",
    "svcca": "SVCCA",
    "pwcca": "PWCCA",
    "cka": "linear CKA of units",
}
"""Measures taken on moments of units, with their names for readers."""

VARIANTS = ("native", "rotated", "shuffled")
"""Both as they are; the first in a randomly rotated basis; the second shown other images (null)."""

EXAMPLE_MEASURES = {
    "cka_linear": "linear CKA of examples",
    "procrustes": "Procrustes similarity of examples",
    "rsa_spearman": "RSA (Spearman)",
    "mutual_neighbours": "mutual k-nearest neighbours",
}
"""Measures taken on the examples of activation stores, with their names for readers."""


@dataclass(frozen=True, eq=False)
class Matching(GroupRecord):
    """One-to-one relations: a row for each unit of a network and each other network.

    "Convergent Learning", section 3. Dead units correlate with none: they have 0.

    Attributes
    ----------
    layer
        (m,) title of the layer.
    criterion
        (m,) of `CRITERIA`.
    fold
        (m,) of `FOLDS`; matches by information are found on all images alone.
    first, second
        (m,) the network to which the unit belongs, and the one in which it finds its match.
    unit
        (m,) the unit.
    dead
        (m,) bool: the unit is dead.
    greedy, matched
        (m,) its match by semi-matching (best one, which others may have too) and by
        maximum-weight matching (each used once; -1 where the second network has fewer units).
    greedy_value, matched_value
        (m,) criterion between them where the match was found; NaN without a match.
    greedy_heldout, matched_heldout
        (m,) the same over the other half of the images; NaN for fold ``all`` and information.
    greedy_shuffled, matched_shuffled
        (m,) null: the criterion's value of the matches found where the second network saw other
        images, sorted in no particular way; NaN but for correlation over all images.
    """

    FORMAT: ClassVar[str] = "repatlas.matching"

    layer: Texts
    criterion: Texts
    fold: Texts
    first: Integers
    second: Integers
    unit: Integers
    dead: NDArray[np.bool_]
    greedy: Integers
    matched: Integers
    greedy_value: Floats
    matched_value: Floats
    greedy_heldout: Floats
    matched_heldout: Floats
    greedy_shuffled: Floats
    matched_shuffled: Floats


@dataclass(frozen=True, eq=False)
class SparseMaps(GroupRecord):
    """One-to-few relations: every unit of a network from all units of another, with an L1 penalty.

    "Convergent Learning", section 4. Units are standardised; the objective of a unit is
    ``1/(2 n) |y - X w|^2 + alpha |w|_1``, which is the paper's with alpha = decay x C for C units.
    Maps are found on the even images and scored on the odd ones. Live units only.

    Attributes
    ----------
    layer, first, second
        (m,) layer, network that predicts, network that is predicted.
    alpha
        (m,) strength for a unit; 0: least squares, solved exactly.
    decay
        (m,) the same as the paper gives it.
    unit
        (m,) the unit predicted.
    predictors
        (m,) number of units with a weight other than 0.
    weight_sum
        (m,) L1 norm of the weights.
    top_share, top_three_share
        (m,) share of it of the largest one and the largest three weights; NaN without weights.
    train_error, heldout_error
        (m,) half the mean squared error in units of the variance: 0.5 for a prediction of the mean.
    shuffled_error
        (m,) held-out error of maps found where the predicting network saw other images.
    gap
        (m,) duality gap at which the solver stopped; 0 for least squares.
    shown_layer, shown_first, shown_second, shown_alpha
        The map that the figure shows.
    shown_weights
        (p, q) its weights, of p predicting and q predicted units; dead units have none.
    """

    FORMAT: ClassVar[str] = "repatlas.sparse_maps"

    layer: Texts
    first: Integers
    second: Integers
    alpha: Floats
    decay: Floats
    unit: Integers
    predictors: Integers
    weight_sum: Floats
    top_share: Floats
    top_three_share: Floats
    train_error: Floats
    heldout_error: Floats
    shuffled_error: Floats
    gap: Floats
    shown_layer: str
    shown_first: int
    shown_second: int
    shown_alpha: float
    shown_weights: Floats


@dataclass(frozen=True, eq=False)
class Clusters(GroupRecord):
    """Many-to-many relations: clusters of the units of two networks together.

    "Convergent Learning", supplement S.3. Clusters are found on the even images; live units only.

    Attributes
    ----------
    layer, first, second
        (c,) layer and pair of networks (first < second) of a cluster.
    cluster
        (c,) number of the cluster in that layer and pair.
    first_units, second_units
        (c,) how many units of either network it has.
    purity
        (c,) ``|n1 - n2| / (n1 + n2)``.
    overlap
        (c,) mean cosine of the principal angles between the subspaces that its units of either
        network span, over the odd images; NaN unless it has units of both.
    null_mixed, null_overlap
        (c,) share of mixed clusters of its layer and pair, and mean overlap, expected if the
        second network's units were those of a network that saw other images.
    unit_layer, unit_first, unit_second
        (u,) layer and pair for the table of units.
    unit_network, unit
        (u,) 0 or 1 for the first or second of the pair, and the unit in it.
    unit_cluster
        (u,) its cluster.
    unit_place
        (u,) its place in the order of the leaves of the tree.
    tree_layer
        (t,) layer of a row of the tree of the first two networks.
    tree
        (t, 4) rows of scipy's linkage: two merged nodes, height, number of leaves.
    threshold
        Correlation below which two units are not joined.
    """

    FORMAT: ClassVar[str] = "repatlas.clusters"

    layer: Texts
    first: Integers
    second: Integers
    cluster: Integers
    first_units: Integers
    second_units: Integers
    purity: Floats
    overlap: Floats
    null_mixed: Floats
    null_overlap: Floats
    unit_layer: Texts
    unit_first: Integers
    unit_second: Integers
    unit_network: Integers
    unit: Integers
    unit_cluster: Integers
    unit_place: Integers
    tree_layer: Texts
    tree: Floats
    threshold: float


@dataclass(frozen=True, eq=False)
class Alignments(GroupRecord):
    """How well the units of one network are mapped onto those of another, by families of maps.

    "Bridging Critical Gaps in Convergent Learning" (Kapoor et al. 2025). Live units, scaled to
    variance 1 over all images so that each counts alike. Maps are found on one half of the images;
    the score is the mean correlation over live units of the second network between what the map
    gives and what they are on the other half, averaged over both halves. CCA, SVCCA and PWCCA are
    means of canonical correlations held out in the same way, and CKA is that of the units' moments
    over all images.

    Attributes
    ----------
    layer, first, second
        (m,) layer, network that is mapped, network onto which it is mapped.
    measure
        (m,) of `ALIGNMENTS`.
    variant
        (m,) of `VARIANTS`.
    value
        (m,) the score; NaN where fewer than two units of a network vary.
    """

    FORMAT: ClassVar[str] = "repatlas.alignments"

    layer: Texts
    first: Integers
    second: Integers
    measure: Texts
    variant: Texts
    value: Floats


@dataclass(frozen=True, eq=False)
class ExampleMeasures(GroupRecord):
    """Similarity of the same layer of two networks by how they arrange examples.

    Attributes
    ----------
    layer, first, second
        (m,) layer and pair of networks (first < second).
    measure
        (m,) of `EXAMPLE_MEASURES`.
    value
        (m,) the similarity.
    null_mean, null_sd
        (m,) mean and standard deviation over permutations of the examples of one network.
    p
        (m,) share of permutations, and the value itself, that reach the value.
    permutations
        Number of permutations.
    """

    FORMAT: ClassVar[str] = "repatlas.example_measures"

    layer: Texts
    first: Integers
    second: Integers
    measure: Texts
    value: Floats
    null_mean: Floats
    null_sd: Floats
    p: Floats
    permutations: int
