"""Exact solutions of linear regression from noisy labels, by the hundred.

The model is that of `repatlas.theory.noise_alignment`, at finite size and with what the closed form
leaves out: several outputs, a ridge penalty, and as many samples as inputs. Of one set of inputs
there is one singular value decomposition, whatever the noise, the penalty and the outputs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from repatlas.ensembles.maps import Floats, hidden_cka, hidden_map, map_cosine
from repatlas.ensembles.results import SimulatedAlignment
from repatlas.ensembles.spec import SimulationSpec

CASES = (True, False)
"""Both learners have the same inputs, or each its own."""

FOUND = ("cosine", "cka", "null_cka", "excess_error")


def simulate_alignment(spec: SimulationSpec) -> SimulatedAlignment:
    """Compare two learners in every setting of a simulation; the same on every call."""
    blocks = [
        [
            _replica(spec, ratio, np.random.default_rng([spec.seed, place, replica]))
            for replica in range(spec.replicas)
        ]
        for place, ratio in enumerate(spec.ratios)
    ]
    axes = (
        spec.ratios,
        range(spec.replicas),
        CASES,
        spec.ridges,
        spec.outputs,
        spec.snrs,
    )
    ratio, replica, shared, ridge, outputs, snr = _columns(axes)
    found = np.array(blocks).reshape(-1, len(FOUND)).T
    return SimulatedAlignment(
        settings=spec.model_dump(mode="json"),
        ratio=ratio,
        samples=np.array([spec.samples(value) for value in ratio.tolist()], dtype=np.int64),
        snr=snr,
        shared=shared.astype(bool),
        ridge=ridge,
        outputs=outputs.astype(np.int64),
        replica=replica.astype(np.int64),
        **dict(zip(FOUND, found, strict=True)),
    )


def _columns(axes: Sequence[Sequence[float]]) -> Iterator[Floats]:
    """Columns of the table of all combinations, the last axis fastest."""
    yield from (part.ravel() for part in np.meshgrid(*axes, indexing="ij"))


@dataclass(frozen=True, eq=False)
class Factors:
    """Singular value decomposition of inputs ``X = U S V'``, (n, d)."""

    left: Floats
    values: Floats
    right: Floats

    @classmethod
    def of(cls, inputs: Floats) -> "Factors":
        """Decompose inputs (n, d)."""
        return cls(*np.linalg.svd(inputs, full_matrices=False))

    def solve(self, labels: Floats, penalty: float = 0.0) -> Floats:
        """Minimum-norm or ridge solution ``argmin |y - X w|^2 + penalty |w|^2``.

        Parameters
        ----------
        labels
            (..., n, k).
        penalty
            0 takes the solution of least norm among those of least error.

        Returns
        -------
        Floats
            (..., d, k).
        """
        filtered = self.values / (np.square(self.values) + penalty)
        solution: Floats = self.right.T @ (filtered[:, None] * (self.left.T @ labels))
        return solution


def _replica(spec: SimulationSpec, ratio: float, generator: Generator) -> Floats:
    """(cases, ridges, outputs, SNRs, quantities) of one teacher with its learners.

    The first learner is the same in both cases. Besides the second one, which has other noise,
    each case has one of another teacher: what the two then share is chance.
    """
    samples, most = spec.samples(ratio), max(spec.outputs)
    inputs = generator.standard_normal((2, samples, spec.inputs))
    teachers = generator.standard_normal((2, spec.inputs, most))
    teachers /= np.linalg.norm(teachers, axis=1, keepdims=True)
    noise = generator.standard_normal((5, len(spec.snrs), samples, most))
    noise /= np.sqrt(np.array(spec.snrs))[:, None, None]

    own, others = (Factors.of(part) for part in inputs)
    signal, foreign = (part @ teachers for part in inputs)
    labels = (
        (own, signal[0] + noise[0]),
        (own, signal[0] + noise[1]),
        (own, signal[1] + noise[2]),
        (others, foreign[0] + noise[3]),
        (others, foreign[1] + noise[4]),
    )
    found = np.empty((len(CASES), len(spec.ridges), len(spec.outputs), len(spec.snrs), len(FOUND)))
    for row, ridge in enumerate(spec.ridges):
        maps = [factors.solve(part, ridge * spec.inputs) for factors, part in labels]
        first, near, near_null, far, far_null = maps
        for column, outputs in enumerate(spec.outputs):
            for case, (second, null) in enumerate(((near, near_null), (far, far_null))):
                three = (part[..., :outputs] for part in (first, second, null))
                found[case, row, column] = _compare(teachers[0, :, :outputs], *three)
    return found


def _compare(teacher: Floats, first: Floats, second: Floats, null: Floats) -> Floats:
    """(SNRs, quantities) of two learners (SNRs, d, k) and one of another teacher."""
    hidden, other, chance = map(hidden_map, (first, second, null))
    errors = [np.square(part - teacher).sum(axis=(-2, -1)) for part in (first, second)]
    return np.stack(
        [
            map_cosine(first, second),
            hidden_cka(hidden, other),
            hidden_cka(hidden, chance),
            np.mean(errors, axis=0) / teacher.shape[1],
        ],
        axis=-1,
    )
