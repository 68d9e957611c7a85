"""Measure linear CKA beside other tools: time and error, on one network and on a grid of six.

    python -m pip install -r benchmarks/requirements-peers.txt   # optional
    python benchmarks/cka.py

One thread; CPU seconds of the process, which do not count what other programs take; candidates in
turn, best of the repeats. All see the same networks, layers, images and batches of 256, and all
run the forward passes that they need, in a process set up as this project's jobs are. The error is
the largest difference from the definition in float64. The bare products are all Grams and their
inner products, as torch makes them in float32 on this machine.
"""

import argparse
import itertools
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from time import process_time

# How many threads there are is decided when the libraries are loaded.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np
import torch

from cka_candidates import (
    PeerMissingError,
    Task,
    blocks_task,
    by_pytorch_cka,
    by_torch_cka,
    definition,
    forward,
    hooked,
    make_task,
    products,
    stored,
)
from repatlas.training.device import configure_process

OURS = "repatlas: Grams in the hook, CKA"
STORE = "repatlas: store file, all measures"
FORWARD = "forward pass alone"
PRODUCTS = "bare products alone"
PEER = "pytorch-cka 1.1.3"
OLD_PEER = "torch-cka 0.21"
LOOP = "float64 loop over pairs"
Answer = list[np.ndarray] | None
Runs = dict[str, partial[Answer]]


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--count", type=int, default=1024, help="images for one network")
    arguments = parser.parse_args()
    configure_process(torch.device("cpu"), threads=1)
    one_network(arguments.count, arguments.repeats)
    block_outputs(arguments.count, arguments.repeats)
    grid_of_six(repeats=2)
    two_blocks(in_place=True, offset=0)
    two_blocks(in_place=False, offset=30)


def one_network(count: int, repeats: int) -> None:
    """All layers of one network."""
    task = make_task(20, 1, count, size=32)
    runs: Runs = {
        FORWARD: partial(forward, task),
        OURS: partial(hooked, task),
        STORE: partial(stored, [task], [(0, 0)]),
        PRODUCTS: partial(products, task),
        PEER: partial(by_pytorch_cka, [task], [(0, 0)]),
        LOOP: partial(definition, [task], [(0, 0)]),
    }
    seconds, answers = measure(runs, repeats, once=[STORE, LOOP])
    title = f"RN-20 1x, {len(task.layers)} layers, {count} images of 32x32"
    show(title, seconds, answers, answers[LOOP])
    alone = seconds[OURS] - seconds[FORWARD]
    ratio(f"{OURS}, less the forward pass, over the bare products", alone / seconds[PRODUCTS])
    if answers[PEER] is not None:
        peer_alone = seconds[PEER] - seconds[FORWARD]
        ratio(f"{PEER} over {OURS}", seconds[PEER] / seconds[OURS])
        ratio("the same, less the forward pass", peer_alone / alone)
        ratio(f"{PEER} over {STORE}", seconds[PEER] / seconds[STORE])


def block_outputs(count: int, repeats: int) -> None:
    """Few layers of one network: torch-cka makes every Gram once for each pair of layers."""
    whole = make_task(20, 1, count, size=32)
    task = replace(whole, layers=[layer for layer in whole.layers if layer.block_output])
    seconds, answers = measure(one_task(task), repeats, once=[OLD_PEER, LOOP])
    title = f"RN-20 1x, {len(task.layers)} block outputs, {count} images of 32x32"
    show(title, seconds, answers, answers[LOOP])


def grid_of_six(repeats: int) -> None:
    """All pairs of six networks, and each with itself."""
    tasks = [make_task(14, 1, 512, size=16, seed=seed) for seed in range(6)]
    pairs = list(itertools.combinations_with_replacement(range(6), 2))
    runs: Runs = {
        STORE: partial(stored, tasks, pairs),
        PEER: partial(by_pytorch_cka, tasks, pairs),
    }
    seconds, answers = measure(runs, repeats)
    title = f"six RN-14 1x, {len(tasks[0].layers)} layers, 512 images of 16x16, all 21 pairs"
    show(title, seconds, answers, definition(tasks, pairs[:3]))
    if answers[PEER] is not None:
        ratio(f"{PEER} over {STORE}", seconds[PEER] / seconds[STORE])


def two_blocks(in_place: bool, offset: float) -> None:
    """Errors where others are known to go wrong: outputs overwritten, features far from zero."""
    task = blocks_task(512, in_place, offset)
    seconds, answers = measure(one_task(task), 1)
    kind = "in-place" if in_place else "plain"
    title = f"two residual blocks, {kind} operations, batch-norm shifted by {offset:g} sd"
    show(title, seconds, answers, answers[LOOP])


def one_task(task: Task) -> Runs:
    """Candidates on one network with few layers."""
    return {
        OURS: partial(hooked, task),
        PEER: partial(by_pytorch_cka, [task], [(0, 0)]),
        OLD_PEER: partial(by_torch_cka, task),
        LOOP: partial(definition, [task], [(0, 0)]),
    }


def measure(
    runs: Runs, repeats: int, once: Sequence[str] = ()
) -> tuple[dict[str, float], dict[str, Answer]]:
    """CPU seconds and answer of each candidate, in turn; infinite and None for a missing peer."""
    seconds: dict[str, float] = dict.fromkeys(runs, np.inf)
    answers: dict[str, Answer] = dict.fromkeys(runs)
    for repeat, (name, run) in itertools.product(range(repeats), runs.items()):
        if repeat == 0 or name not in once:
            taken, answers[name] = clock(run)
            seconds[name] = min(seconds[name], taken)
    return seconds, answers


def clock(run: partial[Answer]) -> tuple[float, Answer]:
    """CPU seconds and answer of a call; infinite and None where the peer is missing."""
    begin = process_time()
    try:
        answer = run()
    except PeerMissingError:
        return np.inf, None
    return process_time() - begin, answer


def show(title: str, seconds: dict[str, float], answers: dict[str, Answer], truth: Answer) -> None:
    """Print one table, with errors against the truth."""
    print(f"\n{title}\n{'':42}{'seconds':>9}{'error':>10}")
    for name, answer in answers.items():
        taken = f"{seconds[name]:9.2f}" if np.isfinite(seconds[name]) else "  not installed"
        error = "" if answer is None else f"{largest_error(answer, truth):10.1e}"
        print(f"{name:42}{taken}{error}", flush=True)


def largest_error(answer: Answer, truth: Answer) -> float:
    """Largest difference between two matrices, or two lists as far as the truth is known."""
    pairs = zip(answer, truth, strict=False)
    return max(float(np.abs(found - true).max()) for found, true in pairs)


def ratio(what: str, value: float) -> None:
    """Print one ratio of times."""
    print(f"  {what}: {value:.2f}")


if __name__ == "__main__":
    main()
