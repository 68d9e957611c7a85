"""Training speed of repatlas beside a plain loop: images per second of both, and the ratio.

The plain loop is what is usually written: a DataLoader whose data set crops, flips and converts
one PIL image at a time, NCHW tensors in float32, torch.optim.SGD with its defaults. Both train the
same network by the same recipe on the same images. Each side has a process of its own, and they
take turns, so that other load on the machine meets both alike.

    python benchmarks/training.py --depth 14 --size 32
    python benchmarks/training.py --depth 56 --size 16 --workers 2
"""

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import torch
from torch.nn import functional as F

from repatlas.data.dataset import Dataset
from repatlas.data.sources import load_dataset
from repatlas.data.spec import DataSpec
from repatlas.networks.spec import NetworkSpec
from repatlas.torchvision_import import import_torchvision
from repatlas.training.device import configure_process, resolve_device
from repatlas.training.epoch import Trainer
from repatlas.training.examples import channel_statistics, examples_of
from repatlas.training.job import initial_model
from repatlas.training.precision import choose_precision
from repatlas.training.spec import RunSpec, TrainingSpec

CLASSES = 10
PADDING = 4

Epoch = Callable[[], float]
"""Train for an epoch and return its mean loss."""


def main() -> None:
    options = parse_options()
    turns = max(2, round(options.steps / options.turn_steps))
    sides = {"plain": Side(plain_loop, options), "repatlas": Side(repatlas_loop, options)}
    for side in sides.values():
        side.start()
    for turn in range(turns):
        for side in sorted(sides.values(), key=lambda s: s.name, reverse=turn % 2 == 1):
            side.take_turn()
    print(
        f"ResNet-{options.depth} {options.width}x, {options.size} x {options.size}, batch "
        f"{options.batch}, {options.threads} thread(s), {turns} turns of {options.turn_steps} steps"
    )
    for side in sides.values():
        print(side.summary())
    ratio = sides["repatlas"].speed / sides["plain"].speed
    print(f"ratio (medians): {ratio:.2f}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--depth", type=int, default=14)
    parser.add_argument("--width", type=int, default=1)
    parser.add_argument("--size", type=int, default=32, help="side of the images in pixels")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=64, help="timed steps of each side")
    parser.add_argument("--turn-steps", type=int, default=8, help="steps between two changes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="of the plain loop's DataLoader")
    parser.add_argument("--precision", default="auto", choices=["auto", "float32", "bfloat16"])
    parser.add_argument("--device", default="cpu", help="cpu, cuda or auto")
    return parser.parse_args()


class Side:
    """One of the two loops, in a process that trains only when it is its turn."""

    def __init__(self, loop: Callable[[argparse.Namespace], Any], options: argparse.Namespace):
        context = multiprocessing.get_context("spawn")
        self.name = loop.__name__
        self._images = options.turn_steps * options.batch
        self._here, there = context.Pipe()
        self._process = context.Process(target=serve, args=(loop, options, there), daemon=False)
        self._times: list[float] = []

    def start(self) -> None:
        """Build everything and train for one untimed turn."""
        self._process.start()
        self.note = self._here.recv()
        self._turn()

    def take_turn(self) -> None:
        """Train for one timed turn."""
        self._times.append(self._turn())

    def _turn(self) -> float:
        self._here.send("go")
        seconds, self._loss = self._here.recv()
        return seconds

    @property
    def speed(self) -> float:
        """Images per second, the median of the turns."""
        return self._images / statistics.median(self._times)

    def summary(self) -> str:
        """End the process; one line on what it did."""
        self._here.send("end")
        self._process.join()
        best = self._images / min(self._times)
        return (
            f"{self.name:14} {self.speed:8.0f} images/s (best turn {best:.0f}), "
            f"loss {self._loss:.2f}; {self.note}"
        )


def serve(
    loop: Callable[[argparse.Namespace], tuple[str, Epoch]],
    options: argparse.Namespace,
    there: Connection,
) -> None:
    torch.set_num_threads(options.threads)
    note, epoch = loop(options)
    there.send(note)
    while there.recv() == "go":
        began = time.perf_counter()
        loss = epoch()
        there.send((time.perf_counter() - began, loss))


def repatlas_loop(options: argparse.Namespace) -> tuple[str, Epoch]:
    device = resolve_device(options.device)
    configure_process(device, options.threads)
    run, dataset = case(options)
    examples = examples_of(dataset.train, device)
    model = initial_model(run, dataset).to(device)
    choice = choose_precision(run.training_spec.precision, model, examples, options.batch)
    trainer = Trainer(model, run.training_spec, examples, run.order, choice.arithmetic)

    def epochs() -> Iterator[float]:
        for epoch in range(1, run.training_spec.epochs + 1):
            yield trainer.run_epoch(epoch, CLASSES, lambda: None).loss

    course = epochs()
    return f"{choice.arithmetic}, {choice.reason}", lambda: next(course)


def plain_loop(options: argparse.Namespace) -> tuple[str, Epoch]:
    device = resolve_device(options.device)
    run, dataset = case(options)
    loader = plain_loader(dataset, options)
    model = initial_model(run, dataset)
    network = model.body.to(device, memory_format=torch.contiguous_format)
    spec = run.training_spec
    optimiser = torch.optim.SGD(
        network.parameters(),
        lr=spec.learning_rate,
        momentum=spec.momentum,
        nesterov=spec.nesterov,
        weight_decay=spec.weight_decay,
    )
    steps = spec.epochs * len(loader)
    warmup = spec.warmup_epochs * len(loader)
    schedule = torch.optim.lr_scheduler.SequentialLR(
        optimiser,
        [
            torch.optim.lr_scheduler.LinearLR(optimiser, 1 / warmup, 1, warmup - 1),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps - warmup),
        ],
        [warmup],
    )

    def epoch() -> float:
        losses = []
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            optimiser.zero_grad()
            loss = F.cross_entropy(network(images), labels)
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        return statistics.fmean(losses)

    return f"float32, NCHW, {options.workers} DataLoader workers", epoch


class PlainImages(torch.utils.data.Dataset):
    """PIL images, each transformed on its own."""

    def __init__(self, dataset: Dataset, size: int):
        transforms = import_torchvision().transforms
        to_image = transforms.ToPILImage()
        mean, sd = channel_statistics(dataset.train.images)
        self._labels = dataset.train.labels.tolist()
        self._images = [to_image(torch.from_numpy(image)) for image in dataset.train.images]
        self._transform = transforms.Compose(
            [
                transforms.RandomCrop(size, PADDING, padding_mode="reflect"),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(mean, sd),
            ]
        )

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self._transform(self._images[index]), self._labels[index]


def plain_loader(dataset: Dataset, options: argparse.Namespace) -> torch.utils.data.DataLoader:
    return torch.utils.data.DataLoader(
        PlainImages(dataset, options.size),
        batch_size=options.batch,
        shuffle=True,
        num_workers=options.workers,
        persistent_workers=options.workers > 0,
        # Workers of a spawned process would be spawned too, and import torchvision unprepared.
        multiprocessing_context="fork" if options.workers else None,
    )


def case(options: argparse.Namespace) -> tuple[RunSpec, Dataset]:
    """The run and its images: as many as one turn trains on."""
    data = DataSpec(
        source="photos", size=options.size, train=options.turn_steps * options.batch, test=CLASSES
    )
    recipe = TrainingSpec(
        epochs=10_000,
        batch_size=options.batch,
        precision=options.precision,
        augmentation={"crop_padding": PADDING, "flip": True},
    )
    run = RunSpec(
        data="photos",
        training="benchmark",
        network="resnet",
        depth=options.depth,
        width=options.width,
        seed=0,
        order=0,
        data_spec=data,
        network_spec=NetworkSpec(),
        training_spec=recipe,
    )
    return run, load_dataset("photos", data)


if __name__ == "__main__":
    main()
