"""Train many small networks at once, beside other ways to train the same networks.

    python benchmarks/ensembles.py --networks 25

One thread; CPU seconds of the process, which do not count what other programs take; candidates in
turn, best of the repeats. All train the same networks from the same weights on two points each,
with plain gradient descent on all examples, and none records anything on the way. The error is the
largest difference of a final output from that of the plain loop.
"""

import argparse
import os
from collections.abc import Callable
from time import process_time

# How many threads there are is decided when the libraries are loaded.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np
import torch
from torch import Tensor, nn

from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Networks
from repatlas.dynamics.replicas import Replica, replicas_of
from repatlas.dynamics.spec import LearnerSpec, PointsSpec
from repatlas.dynamics.train import train
from repatlas.dynamics.two_points import points
from repatlas.training.device import configure_process

CPU = torch.device("cpu")
PLAIN = "plain loop: one module after another, torch.optim.SGD"
VMAP = "torch.func: vmap of grad over stacked modules"
ALONE = "repatlas, one after another"
TOGETHER = "repatlas, all at once"


class Task:
    """The networks, and what they learn."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.spec = LearnerSpec(
            width=options.width,
            depth=options.depth,
            layer=0,
            learning_rate=0.005,
            steps=options.steps,
            record_every=options.steps,
        )
        self.replicas = replicas_of(0, options.networks)
        inputs, targets = points(PointsSpec())
        self.inputs, self.targets = (
            np.repeat(part, options.networks, axis=0) for part in (inputs, targets)
        )

    def modules(self) -> list[nn.Sequential]:
        """The networks before they learn, as torch has them."""
        layers = Networks(self.spec, 1, 1, self.replicas, CPU).layers
        found = []
        for replica in range(len(self.replicas)):
            parts: list[nn.Module] = []
            for layer in layers:
                dense = nn.Linear(*layer.weight.shape[1:])
                dense.weight.data = layer.weight[replica].detach().T.contiguous()
                dense.bias.data = layer.bias[replica, 0].detach().clone()
                parts += [dense, nn.LeakyReLU()]
            found.append(nn.Sequential(*parts[:-1]))
        return found

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Inputs and targets (networks, 2, 1)."""
        return tuple(torch.from_numpy(part).float() for part in (self.inputs, self.targets))


Way = Callable[[Task], Tensor]
"""Train the networks of a task and give their outputs (networks, 2, 1)."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=25)
    parser.add_argument("--width", type=int, default=100)
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    configure_process(CPU, threads=1)
    task = Task(options)
    ways = {PLAIN: plain, VMAP: stacked, ALONE: alone, TOGETHER: together}
    seconds = dict.fromkeys(ways, float("inf"))
    outputs = {}
    for _ in range(options.repeats):
        for name, way in ways.items():
            began = process_time()
            outputs[name] = way(task)
            seconds[name] = min(seconds[name], process_time() - began)
    print(
        f"{options.networks} networks, {options.depth} hidden layers of {options.width} units, "
        f"{options.steps} steps"
    )
    for name in ways:
        error = (outputs[name] - outputs[PLAIN]).abs().max().item()
        print(
            f"{name:55} {seconds[name]:7.2f} s  {seconds[PLAIN] / seconds[name]:6.2f} x  "
            f"error {error:.1e}"
        )


def plain(task: Task) -> Tensor:
    """Train one module after another, as is usually done."""
    found = []
    for module, inputs, targets in zip(task.modules(), *task.tensors(), strict=True):
        optimiser = torch.optim.SGD(module.parameters(), lr=task.spec.learning_rate)
        for _ in range(task.spec.steps):
            optimiser.zero_grad()
            loss = (module(inputs) - targets).square().sum(dim=1).mean() / 2
            loss.backward()
            optimiser.step()
        found.append(module(inputs).detach())
    return torch.stack(found)


def stacked(task: Task) -> Tensor:
    """Train stacked modules with a vectorised gradient."""
    modules = task.modules()
    parameters, _ = torch.func.stack_module_state(modules)
    parameters = {name: part.detach() for name, part in parameters.items()}

    def outputs(one: dict[str, Tensor], inputs: Tensor) -> Tensor:
        return torch.func.functional_call(modules[0], (one, {}), (inputs,))

    def loss(one: dict[str, Tensor], inputs: Tensor, targets: Tensor) -> Tensor:
        return (outputs(one, inputs) - targets).square().sum(dim=1).mean() / 2

    gradients = torch.func.vmap(torch.func.grad(loss))
    for _ in range(task.spec.steps):
        found = gradients(parameters, *task.tensors())
        for name, gradient in found.items():
            parameters[name].sub_(gradient, alpha=task.spec.learning_rate)
    return torch.func.vmap(outputs)(parameters, task.tensors()[0])


def alone(task: Task) -> Tensor:
    """Train a batch of one network after another."""
    parts = range(len(task.replicas))
    return torch.cat([trained(task, slice(part, part + 1)) for part in parts])


def together(task: Task) -> Tensor:
    """Train all in one batch."""
    return trained(task, slice(None))


def trained(task: Task, part: slice) -> Tensor:
    """Outputs of some of the networks after training."""
    replicas: list[Replica] = task.replicas[part]
    networks = Networks(task.spec, 1, 1, replicas, CPU)
    lessons = Lessons.of(task.inputs[part], task.targets[part], CPU)

    def look(step: int, networks: Networks, rows: np.ndarray) -> np.ndarray:
        return lessons.losses(networks.outputs(lessons.inputs)).numpy()

    train(networks, lessons, replicas, look)
    with torch.no_grad():
        return networks.outputs(lessons.inputs)


if __name__ == "__main__":
    main()
