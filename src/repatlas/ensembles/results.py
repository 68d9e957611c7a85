"""What is found about learners that are trained together on noisy labels, in long form."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from repatlas.ensembles.spec import EnsembleSpec, SimulationSpec
from repatlas.setting_records import SettingRecord

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]
Texts = NDArray[np.str_]

KINDS = ("trained", "shuffled", "untrained")
"""Pairs of members; a member and a network trained on labels in random order (null); members before
the first step (null)."""


@dataclass(frozen=True, eq=False)
class SimulatedAlignment(SettingRecord):
    """Two exact solutions of one regression task: a row a replica and setting.

    Attributes
    ----------
    ratio, snr, shared, ridge, outputs, replica
        (m,) the setting: n / d, noise, whether both have the same inputs, penalty over d, outputs.
    samples
        (m,) n.
    cosine
        (m,) between the end-to-end maps.
    cka
        (m,) linear CKA of the hidden layers on isotropic inputs.
    null_cka
        (m,) the same of the first and a learner of another teacher, with inputs as in the setting.
    excess_error
        (m,) ``|w_hat - w|^2`` over ``|w|^2``, mean over both.
    """

    FORMAT: ClassVar[str] = "repatlas.simulated_alignment"

    ratio: Floats
    samples: Integers
    snr: Floats
    shared: NDArray[np.bool_]
    ridge: Floats
    outputs: Integers
    replica: Integers
    cosine: Floats
    cka: Floats
    null_cka: Floats
    excess_error: Floats

    @property
    def spec(self) -> SimulationSpec:
        """The settings, typed."""
        return SimulationSpec.model_validate(self.settings)


@dataclass(frozen=True, eq=False)
class TrainedEnsemble(SettingRecord):
    """Networks trained together: a row a pair, and a row a member, of each setting.

    Attributes
    ----------
    inputs, outputs
        Dimensions of what they map.
    parameters
        Weights of a network.
    threshold
        Samples at which a network can just fit any labels: d for a linear network, else parameters
        over outputs.
    pair_samples, pair_snr, pair_scale, pair_draw
        (m,) the setting: training samples, noise, scale of the initial weights, draw of the task;
        samples 0 and no noise (NaN) for untrained members.
    pair_kind
        (m,) of `KINDS`.
    pair_first, pair_second
        (m,) numbers of the two members; those trained on shuffled labels count from `members` on.
    pair_cka
        (m,) unbiased linear CKA of their hidden layers on held-out inputs.
    pair_cosine
        (m,) cosine of their centred outputs on held-out inputs.
    pair_imbalance
        (m,) information imbalance of their hidden layers, mean of both directions: 0 where nearest
        neighbours are the same, 1 where they are unrelated.
    member_samples, member_snr, member_scale, member_draw, member_number
        (l,) setting and number of a member; networks of shuffled labels are left out.
    member_train_error
        (l,) mean squared error on its own noisy labels over their mean square.
    member_test_error
        (l,) the same on held-out inputs and labels without noise, over their variance.
    member_mistakes
        (l,) share of held-out inputs in a wrong class; NaN without classes.
    """

    FORMAT: ClassVar[str] = "repatlas.trained_ensemble"

    inputs: int
    outputs: int
    parameters: int
    threshold: float
    pair_samples: Integers
    pair_snr: Floats
    pair_scale: Floats
    pair_draw: Integers
    pair_kind: Texts
    pair_first: Integers
    pair_second: Integers
    pair_cka: Floats
    pair_cosine: Floats
    pair_imbalance: Floats
    member_samples: Integers
    member_snr: Floats
    member_scale: Floats
    member_draw: Integers
    member_number: Integers
    member_train_error: Floats
    member_test_error: Floats
    member_mistakes: Floats

    @property
    def spec(self) -> EnsembleSpec:
        """The settings, typed."""
        return EnsembleSpec.model_validate(self.settings)
