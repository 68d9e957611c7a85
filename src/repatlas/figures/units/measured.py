"""All measures of how alike the layers of networks are, raw and against chance."""

from collections.abc import Sequence

import pandas as pd

from repatlas.figures.units.scores import PairNumbers, pair_numbers, pair_scores
from repatlas.units.results import ALIGNMENTS, EXAMPLE_MEASURES, Alignments, ExampleMeasures

TRAINED, UNTRAINED, CALIBRATED, Z = "trained", "untrained", "calibrated", "z"


def measured(
    alignments: Alignments,
    untrained: Alignments,
    examples: ExampleMeasures,
    layers: Sequence[str],
) -> pd.DataFrame:
    """Means over pairs of networks, by measure (as readers call it) and layer; NaN: not measured.

    Columns: ``trained``, ``untrained``, ``calibrated`` ((trained - chance) / (1 - chance)) and
    ``z`` (standard deviations above chance). Chance of alignments is their mean over pairs where
    the second network saw other images, which gives no z; that of measures of examples is, for
    each pair, the mean over permutations of the examples.
    """
    parts = {
        told: _alignment(alignments, untrained, layers, name) for name, told in ALIGNMENTS.items()
    } | {told: _of_examples(examples, layers, name) for name, told in EXAMPLE_MEASURES.items()}
    return pd.concat(parts, names=["measure", "layer"])


def _alignment(
    alignments: Alignments, untrained: Alignments, layers: Sequence[str], name: str
) -> pd.DataFrame:
    trained = pair_scores(alignments, layers, name).mean(axis=1)
    chance = pair_scores(alignments, layers, name, "shuffled").mean(axis=1)
    return pd.DataFrame(
        {
            TRAINED: trained,
            UNTRAINED: pair_scores(untrained, layers, name).mean(axis=1),
            CALIBRATED: (trained - chance) / (1 - chance),
            Z: float("nan"),
        }
    )


def _of_examples(examples: ExampleMeasures, layers: Sequence[str], name: str) -> pd.DataFrame:
    own = examples.measure == name

    def by_pair(item: str) -> PairNumbers:
        return pair_numbers(layers, examples, getattr(examples, item), own)

    value, chance = by_pair("value"), by_pair("null_mean")
    return pd.DataFrame(
        {
            TRAINED: value.mean(axis=1),
            UNTRAINED: float("nan"),
            CALIBRATED: ((value - chance) / (1 - chance)).mean(axis=1),
            Z: ((value - chance) / by_pair("null_sd")).mean(axis=1),
        }
    )
