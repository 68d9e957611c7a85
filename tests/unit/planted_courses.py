"""Trajectories that follow the effective theory exactly, with rates that are known."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np

from repatlas.dynamics.results import Trajectories
from repatlas.theory.effective import Pair, Rates, Start, loss_curve
from repatlas.theory.solution import solve_pair

SCRIPTS = Path(__file__).parents[2] / "scripts"
STEPS = np.arange(0, 6001, 40)
PAIR = Pair(1.0, 0.5)
RATES = Rates(0.004, 0.05, 0.02)
SCALES = np.array([0.5, 1.0, 2.0])
"""Of ``|dh|^2`` in the hidden layers, over that of the compared one, which is in the middle."""
LAYER = 1


def rich_start(pair, rates=RATES, part=0.05):
    """Along the targets' difference, with outputs a part of it and both layers in balance."""
    signed = part * np.sqrt(np.asarray(pair.target_square, dtype=float))
    hidden = signed * np.sqrt(np.asarray(rates.hidden) * pair.input_square / rates.output)
    return Start(hidden, signed**2, signed**2 - signed * np.sqrt(pair.target_square))


def lazy_start(pair, hidden=5.0):
    """A hidden distance that the task hardly changes."""
    signed = 0.1 * np.sqrt(np.asarray(pair.target_square, dtype=float))
    return Start(hidden + 0 * signed, signed**2, signed**2 - signed * np.sqrt(pair.target_square))


def planted(pair=PAIR, start=None, *, rates=RATES, steps=STEPS, seeds=1, mean_square=0.9):
    """Networks on pairs (g,), or on one, whose courses are those of the theory.

    What is `scale` times as far apart in a layer moves with `scale` times the rate of the encoder
    and a `scale`-th of that of the decoder, and the outputs are the same.
    """
    pair = Pair(*np.atleast_1d(*np.broadcast_arrays(pair.input_square, pair.target_square)))
    start = start or rich_start(pair, rates)
    curves = solve_pair(pair, rates, start, steps)
    loss = loss_curve(curves, pair, mean_square=mean_square, mean_rate=rates.mean, times=steps)
    pairs = len(loss)
    slope = (start.output / start.hidden)[..., None] / SCALES
    one = {
        "hidden": curves.hidden[:, None] * SCALES[:, None],
        "output": curves.output,
        "misalignment": curves.misalignment,
        "loss": loss,
        "mean_error": np.full(pairs, mean_square),
        "input_square": pair.input_square,
        "target_square": pair.target_square,
        "converged": loss[:, -1] < 1e-3,
        "curvature": np.zeros((pairs, len(SCALES), len(steps))),
        "decoder_square": np.broadcast_to(slope, (pairs, len(SCALES))),
    }
    many = {name: np.concatenate([part] * seeds) for name, part in one.items()}
    many |= {"steps": steps, "layer": LAYER, "seed": np.repeat(np.arange(seeds), pairs)}
    return Trajectories(settings={"points": {"outputs": 1}}, **many)


def changed(record, **items):
    """A record with some items changed."""
    return dataclasses.replace(record, **items)


def run_script(name, **options):
    """Run a script; options are as on its command line."""
    command = [sys.executable, SCRIPTS / name]
    for option, value in options.items():
        values = value if isinstance(value, list) else [value]
        command += [f"--{option}", *map(str, values)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
