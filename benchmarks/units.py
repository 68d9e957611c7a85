"""Measure matches, correlations and sparse maps of units beside other ways to find them.

    python -m pip install -r benchmarks/requirements-peers.txt   # optional
    python benchmarks/units.py

One thread; CPU seconds of the process, which do not count what other programs take; candidates in
turn, best of the repeats. All see the same planted units: rectified mixtures of signals that two
networks have in common. What takes minutes is done for a part, as its row says, and multiplied.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

# How many threads there are is decided when the libraries are loaded.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np
from sklearn.linear_model import lasso_path as scikit_path

from repatlas.units.accumulate import MomentAccumulator
from repatlas.units.lasso import TOLERANCE, lasso_path
from repatlas.units.matching import maximum_matching

try:
    import networkx
except ImportError:
    networkx = None

POSITIONS = 16
"""Rows of an image."""
STRENGTHS = (1.0, 0.6, 0.4, 0.25, 0.15, 0.1, 0.06, 0.03, 0.01, 0.003)
Matrix = np.ndarray


@dataclass(frozen=True)
class Candidate:
    """One way to do a task.

    Attributes
    ----------
    name
        What the table calls it.
    run
        Does the task, or a part of it.
    part
        Which part of the task that is.
    repeats
        How often it is measured, at most.
    """

    name: str
    run: Callable[[], Matrix]
    part: float = 1.0
    repeats: int = 100


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    for size in (128, 256):
        matching(size, peers=True, repeats=repeats)
    matching(2048, peers=False, repeats=repeats)
    correlations(256, images=2048, repeats=repeats)
    sparse_maps(256, rows=10_000, repeats=repeats)


def matching(size: int, peers: bool, repeats: int) -> None:
    """One-to-one matches by a table of correlations; the answer is their mean correlation."""
    x, y = planted(size, rows=4000)
    table = x.T @ y / len(x)
    candidates = [
        Candidate("repatlas: maximum matching", lambda: maximum_matching(table)),
        Candidate("greedy loop, best pair first", lambda: by_greedy_loop(table)),
    ]
    if peers and networkx is not None:
        run = Candidate("networkx max_weight_matching", lambda: by_networkx(table), repeats=1)
        candidates.append(run)
    title = f"matching {size} units with {size}"
    units = np.arange(size)
    measure(title, "mean corr.", candidates, repeats, lambda match: table[units, match].mean())


def correlations(size: int, images: int, repeats: int) -> None:
    """Correlations of two networks, in batches; the answer is the error against float64."""
    x, y = (side.astype(np.float32) for side in planted(size, rows=images * POSITIONS))
    both = np.hstack([x, y]).astype(np.float64)
    truth = np.corrcoef(both.T)[:size, size:]
    other = np.roll(both[:, size:], POSITIONS, axis=0)
    few = 4
    candidates = [
        Candidate("repatlas: moments of halves, shuffled", lambda: by_accumulator(x, y, images)),
        Candidate("bare products alone", lambda: (both.T @ both / len(both))[:size, size:]),
        Candidate("bare products, shuffled images too", lambda: by_products(both, other)),
        Candidate(
            f"loop over pairs, {few} of {size} rows",
            lambda: by_pairs(both[:, :few], both[:, size:]),
            part=few / size,
        ),
    ]
    title = f"correlations of {size} units with {size}, {len(x)} rows"

    def error(found: Matrix) -> float:
        return np.abs(found - truth[: len(found)]).max()

    measure(title, "error", candidates, repeats, error)


def by_products(both: Matrix, other: Matrix) -> Matrix:
    """Products of all units, and of the first network's with those of shuffled images."""
    size = other.shape[1]
    products = both.T @ both / len(both)
    both[:, :size].T @ other  # what the null costs
    return products[:size, size:]


def sparse_maps(size: int, rows: int, repeats: int) -> None:
    """Sparse maps at all strengths; the answer is how far objectives are above the least."""
    x, y = planted(size, rows)
    gram, cross = x.T @ x / rows, x.T @ y / rows
    exact = by_fista(x, y, tolerance=1e-10)
    few = 8
    candidates = [
        Candidate("repatlas: all units at once, from rows", lambda: by_fista(x, y, TOLERANCE)),
        Candidate(
            f"scikit-learn on rows, {few} of {size} units",
            lambda: by_scikit(x, y[:, :few], gram=False),
            part=few / size,
            repeats=1,
        ),
        Candidate(
            "scikit-learn on the Gram, unit by unit",
            lambda: by_scikit(x, y, gram=True),
            repeats=1,
        ),
    ]
    title = f"sparse maps of {size} units onto {size}, {rows} rows, {len(STRENGTHS)} strengths"

    def excess(found: Matrix) -> float:
        units = slice(found.shape[2])
        least = objectives(gram, cross[:, units], exact[:, :, units])
        return (objectives(gram, cross[:, units], found) - least).max()

    measure(title, "excess", candidates, repeats, excess)


def planted(size: int, rows: int) -> tuple[Matrix, Matrix]:
    """Standardised units (rows, size) of two networks, rectified mixtures of common signals."""
    generator = np.random.default_rng(0)
    signals = generator.normal(size=(rows, size // 2)) / np.sqrt(np.arange(1, size // 2 + 1))
    networks = []
    for _ in range(2):
        mixed = signals @ generator.normal(size=(size // 2, size))
        noise = 0.3 * generator.normal(size=(rows, size))
        rectified = np.maximum(mixed / mixed.std(axis=0) + noise + 0.3, 0)
        networks.append((rectified - rectified.mean(axis=0)) / rectified.std(axis=0))
    return networks[0], networks[1]


def by_greedy_loop(table: Matrix) -> Matrix:
    match = np.full(len(table), -1)
    left = table.copy()
    for _ in range(len(table)):
        unit, other = divmod(int(left.argmax()), len(table))
        match[unit] = other
        left[unit], left[:, other] = -np.inf, -np.inf
    return match


def by_networkx(table: Matrix) -> Matrix:
    graph = networkx.Graph()
    size = len(table)
    graph.add_weighted_edges_from(
        (unit, size + other, table[unit, other]) for unit in range(size) for other in range(size)
    )
    match = np.full(size, -1)
    for pair in networkx.max_weight_matching(graph, maxcardinality=True):
        unit, other = sorted(pair)
        match[unit] = other - size
    return match


def by_accumulator(x: Matrix, y: Matrix, images: int, batch: int = 256) -> Matrix:
    accumulator = MomentAccumulator((x.shape[1], y.shape[1]), seed=0)
    for start in range(0, images, batch):
        rows = slice(start * POSITIONS, (start + batch) * POSITIONS)
        accumulator.add((x[rows], y[rows]), batch, start)
    return accumulator.moments().correlation(0, 1)


def by_pairs(x: Matrix, y: Matrix) -> Matrix:
    return np.array([[np.corrcoef(unit, other)[0, 1] for other in y.T] for unit in x.T])


def by_fista(x: Matrix, y: Matrix, tolerance: float) -> Matrix:
    gram, cross = x.T @ x / len(x), x.T @ y / len(x)
    return np.stack([maps.weights for maps in lasso_path(gram, cross, STRENGTHS, tolerance)])


def by_scikit(x: Matrix, y: Matrix, gram: bool) -> Matrix:
    """A path for each unit, to the same duality gap and until the weights have settled, too."""
    options = {"precompute": x.T @ x if gram else False, "tol": TOLERANCE / 2, "max_iter": 10**6}
    paths = [scikit_path(x, unit, alphas=STRENGTHS, **options)[1] for unit in y.T]
    return np.stack(paths, axis=2).swapaxes(0, 1)


def objectives(gram: Matrix, cross: Matrix, weights: Matrix) -> Matrix:
    """Objectives (a, q) of maps (a, p, q)."""
    explained = (weights * (2 * cross - gram @ weights)).sum(axis=1)
    return (1 - explained) / 2 + np.array(STRENGTHS)[:, None] * np.abs(weights).sum(axis=1)


def measure(
    title: str,
    what: str,
    candidates: list[Candidate],
    repeats: int,
    answer: Callable[[Matrix], float],
) -> None:
    """Measure candidates in turn, and print a table of their times and answers."""
    seconds = dict.fromkeys(candidates, np.inf)
    answers = {}
    for repeat in range(repeats):
        for candidate in candidates:
            if repeat < candidate.repeats:
                begin = process_time()
                found = candidate.run()
                taken = (process_time() - begin) / candidate.part
                seconds[candidate] = min(seconds[candidate], taken)
                answers[candidate] = answer(found)
    print(f"\n{title}\n{'':42}{'seconds':>9}{what:>12}{'ratio':>8}")
    least = seconds[candidates[0]]
    for candidate in candidates:
        ratio = seconds[candidate] / least
        times = f"{seconds[candidate]:9.3f}{answers[candidate]:12.2g}{ratio:8.1f}"
        print(f"{candidate.name:42}{times}", flush=True)


if __name__ == "__main__":
    main()
