"""Records of learners of noisy labels in which alignment and test error are planted.

"holding": both follow the closed form; "failing": the less noise the less alignment, most of it
near the threshold, and errors that fall as alignment rises; "scrambled": no draw tells of another;
"rising": alignment rises with samples throughout.
"""

import itertools

import numpy as np

from repatlas.claims.evidence import NoiseFiles
from repatlas.ensembles.results import SimulatedAlignment, TrainedEnsemble
from repatlas.ensembles.spec import EnsembleSpec, SimulationSpec
from repatlas.setting_records import write_setting_record
from repatlas.theory import noise_alignment

RATIOS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
SNRS = (0.3, 1.0, 10.0, 100.0)
INPUTS = 40
SPECS = {
    "linear": EnsembleSpec(
        activation="linear",
        inputs=INPUTS,
        samples=(5, 10, 20, 40, 80, 160, 320),
        snrs=SNRS,
        members=2,
    ),
    "relu": EnsembleSpec(
        teacher="relu",
        inputs=4,
        width=8,
        samples=(5, 10, 20, 40, 80, 160, 320),
        snrs=SNRS,
        members=2,
    ),
    "images": EnsembleSpec(
        data="digits", width=20, samples=(5, 10, 20, 40, 80, 160, 320), snrs=SNRS, members=2
    ),
    "start": EnsembleSpec(
        activation="linear",
        inputs=INPUTS,
        samples=(80,),
        snrs=(10.0,),
        members=2,
        init_scales=(0.1, 1.0),
    ),
}


def values(outcome, ratio, snr, draw, *, shared=True):
    """Alignment and test error of a setting in one draw."""
    cosine = float(noise_alignment.cosine(ratio, snr, shared=shared))
    error = float(min(noise_alignment.excess_error(ratio, snr), 1e3))
    wobble = 0.01 * np.sin(17 * draw + ratio)
    if outcome == "holding":
        return cosine + wobble, error
    if outcome == "failing":
        return 0.8 * (1 - cosine) + wobble, 1 - 0.8 * (1 - cosine)
    if outcome == "rising":
        return 0.1 + 0.1 * RATIOS.index(ratio), error
    place = RATIOS.index(ratio) * len(SNRS) + SNRS.index(snr)
    return float(np.random.default_rng([draw, place]).random()), error


def simulation(outcome):
    spec = SimulationSpec(inputs=INPUTS, ratios=RATIOS, snrs=SNRS, outputs=(1, 2), replicas=4)
    axes = RATIOS, SNRS, (True, False), spec.ridges, spec.outputs, range(4)
    rows = list(itertools.product(*axes))
    ratio, snr, shared, ridge, outputs, replica = (
        np.array(part) for part in zip(*rows, strict=True)
    )
    found = [values(outcome, row[0], row[1], row[5], shared=row[2]) for row in rows]
    cosine, error = (np.array(part) for part in zip(*found, strict=True))
    return SimulatedAlignment(
        spec.model_dump(mode="json"),
        ratio=ratio, samples=np.round(ratio * INPUTS).astype(np.int64), snr=snr, shared=shared,
        ridge=ridge, outputs=outputs, replica=replica, cosine=cosine, cka=cosine**2,
        null_cka=np.full(len(rows), 0.02), excess_error=error,
    )  # fmt: skip


def ensemble(outcome, key):
    """Two members and one network of shuffled labels a setting; chance is 0.02."""
    spec = SPECS[key]
    pairs, members = [], []
    axes = spec.samples, spec.snrs, spec.init_scales, range(spec.draws)
    for samples, snr, scale, draw in itertools.product(*axes):
        alignment, error = values(outcome, samples / 40, snr, draw)
        if outcome == "holding" and samples <= 10:
            # Networks that know little of their task, though they agree on it.
            error += 2
        for kind, second, value in (("trained", 1, alignment), ("shuffled", 2, 0.02)):
            pairs.append((samples, snr, scale, draw, kind, 0, second, value, value, 1 - value))
        for number in range(2):
            members.append((samples, snr, scale, draw, number, 0.1, error, 0.5 * min(error, 1)))
    for scale, draw in itertools.product(spec.init_scales, range(spec.draws)):
        pairs.append((0, np.nan, scale, draw, "untrained", 0, 1, 0.4, 0.0, 0.9))
    names = [
        [name for name in TrainedEnsemble.__annotations__ if name.startswith(f"{table}_")]
        for table in ("pair", "member")
    ]
    columns = {
        name: np.array(part)
        for known, rows in zip(names, (pairs, members), strict=True)
        for name, part in zip(known, zip(*rows, strict=True), strict=True)
    }
    return TrainedEnsemble(
        spec.model_dump(mode="json"), inputs=spec.inputs, outputs=1, parameters=400,
        threshold=40.0, **columns,
    )  # fmt: skip


def write_noise(folder, outcome, keys=("linear", "relu", "images")):
    """Write the records of a study."""
    folder.mkdir(exist_ok=True)
    write_setting_record(simulation(outcome), folder / "simulation.h5")
    for key in keys:
        write_setting_record(ensemble(outcome, key), folder / f"{key}.h5")
    paths = {key: folder / f"{key}.h5" for key in keys if key != "start"}
    return NoiseFiles(simulation=folder / "simulation.h5", ensembles=paths)
