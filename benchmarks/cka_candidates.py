"""The candidates of benchmarks/cka.py: this project, its peers, and a plain float64 loop."""

import contextlib
import copy
import importlib
import io
import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from repatlas.data.photos import load_photos
from repatlas.data.spec import DataSpec
from repatlas.networks.build import build_model
from repatlas.networks.layer_table import Layer
from repatlas.networks.layers import capture, layer_table
from repatlas.networks.model import Model
from repatlas.networks.spec import NetworkSpec
from repatlas.similarity.cka import normalised
from repatlas.similarity.features import FeatureGrams
from repatlas.similarity.grid import compare
from repatlas.similarity.products import batch_products
from repatlas.store.extract import write_activations
from repatlas.store.gram import linear_gram, pack_upper, u_center
from repatlas.store.layer_grams import flatten
from repatlas.store.probe import Probe, make_probe
from repatlas.store.reader import ActivationStore
from repatlas.store.spec import ProbeSpec


class PeerMissingError(Exception):
    """A peer is not installed."""


def import_peer(name: str) -> ModuleType | None:
    """Import an installed package, not the script of the same name beside this file."""
    here = Path(__file__).resolve().parent
    paths = list(sys.path)
    sys.path[:] = [path for path in paths if Path(path).resolve() != here]
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
    finally:
        sys.path[:] = paths


pytorch_cka = import_peer("cka")
torch_cka = import_peer("torch_cka")

BATCH = 256
UNKNOWN = {"epoch": 0, "step": 0, "train_accuracy": np.nan, "test_accuracy": np.nan}
Matrix = np.ndarray
Pair = tuple[int, int]


@dataclass(frozen=True)
class Task:
    """One network, the images it sees, and the layers that are compared."""

    model: nn.Module
    probe: Probe
    layers: Sequence[Layer]

    @property
    def images(self) -> Tensor:
        """(n, 3, h, w) uint8."""
        return torch.from_numpy(self.probe.images)

    @property
    def modules(self) -> list[str]:
        """Paths of the layers among the modules of the model."""
        paths = {path.removeprefix("body."): path for path, _ in self.model.named_modules()}
        return [paths[layer.name] for layer in self.layers]

    def loader(self) -> DataLoader:
        """Batches as the peers take them."""
        return DataLoader(TensorDataset(self.images), batch_size=BATCH)


class Block(nn.Module):
    """A residual block as most people write it."""

    def __init__(self, channels: int, in_place: bool) -> None:
        super().__init__()
        self.in_place = in_place
        for index in (1, 2):
            setattr(self, f"conv{index}", nn.Conv2d(channels, channels, 3, padding=1, bias=False))
            setattr(self, f"bn{index}", nn.BatchNorm2d(channels))
            setattr(self, f"relu{index}", nn.ReLU(inplace=in_place))

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block, with or without overwriting what its modules gave out."""
        out = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        if self.in_place:
            out += x
        else:
            out = out + x
        return self.relu2(out)


def blocks_task(count: int, in_place: bool, offset: float, size: int = 16) -> Task:
    classes, _, test = load_photos(DataSpec(train=10, test=count, size=size))
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1, bias=False),
        nn.BatchNorm2d(8),
        Block(8, in_place),
        Block(8, in_place),
    )
    model = Model(body, channels_last=False)
    probe = make_probe(test, ProbeSpec(batch_size=BATCH), "photos", "", classes)
    with torch.no_grad():
        model(torch.from_numpy(probe.images))
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.bias.fill_(offset)
    return Task(model.eval(), probe, layer_table(model, (3, size, size)))


def make_task(depth: int, width: int, count: int, size: int, seed: int = 0) -> Task:
    classes, _, test = load_photos(DataSpec(train=10, test=count, size=size))
    body = build_model(NetworkSpec(), depth, width, 10, (3, size, size), seed=seed).body
    # Laid out as most networks are: channels-last would cost the peers a copy of each output.
    model = Model(body.to(memory_format=torch.contiguous_format), channels_last=False).eval()
    probe = make_probe(test, ProbeSpec(batch_size=BATCH), "photos", "", classes)
    return Task(model, probe, layer_table(model, (3, size, size)))


def forward(task: Task) -> None:
    with torch.inference_mode():
        for start, stop in task.probe.batches:
            task.model(task.images[start:stop])


def products(task: Task) -> None:
    widest = torch.randn(BATCH * max(layer.features for layer in task.layers))
    grams = torch.randn(len(task.layers), BATCH * BATCH)
    for _ in task.probe.batches:
        for layer in task.layers:
            features = widest[: BATCH * layer.features].view(BATCH, -1)
            features @ features.T
        grams @ grams.T


def hooked(task: Task) -> list[Matrix]:
    """Grams made inside the hooks, and CKA from them: what the peers do, and no more."""
    names = {layer.name: row for row, layer in enumerate(task.layers)}
    squares = np.zeros((len(names), len(task.probe)))
    grams = [
        np.empty((len(names), (stop - start) * (stop - start - 1) // 2), np.float32)
        for start, stop in task.probe.batches
    ]
    for batch, (start, stop) in enumerate(task.probe.batches):

        def keep(index: int, name: str, output: Tensor, batch=batch, rows=slice(start, stop)):
            if name in names:
                gram = linear_gram(flatten(output).numpy())
                grams[batch][names[name]] = pack_upper(u_center(gram))
                squares[names[name], rows] = np.diagonal(gram)

        with torch.inference_mode(), capture(task.model, keep):
            task.model(task.images[start:stop])
    nothing = np.zeros((len(names), 0))
    source = FeatureGrams(
        name="hooked",
        sample_hash="",
        batches=tuple(task.probe.batches),
        activation_norms=np.sqrt(squares),
        centered_square_batch=squares,
        centered_square_full=squares,
        component_vectors=nothing[:, :, None],
        component_eigenvalues=nothing,
        component_share=nothing,
        grams=tuple(grams),
        exact=None,
    )
    hsic = batch_products([source]).unbiased
    own = np.diagonal(hsic)
    return [normalised(hsic, own[:, None], own)]


def stored(tasks: Sequence[Task], pairs: Sequence[Pair]) -> list[Matrix]:
    """Whole activation stores, with components and norms, and every measure from the files."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        for index, task in enumerate(tasks):
            header = {"run": "{}", "checkpoint": str(index), **UNKNOWN}
            write_activations(task.model, task.probe, folder / f"{index}.h5", header)
        stores = [
            stack.enter_context(ActivationStore(folder / f"{index}.h5"))
            for index in range(len(tasks))
        ]
        return [pair.cka_minibatch for pair in compare(stores, pairs).values()]


def by_pytorch_cka(tasks: Sequence[Task], pairs: Sequence[Pair]) -> list[Matrix]:
    if pytorch_cka is None:
        raise PeerMissingError
    return [_one_pytorch_cka(tasks[i], tasks[j]) for i, j in pairs]


def _one_pytorch_cka(first: Task, second: Task) -> Matrix:
    with warnings.catch_warnings(action="ignore"):
        found = pytorch_cka.compute_cka(
            first.model,
            second.model,
            first.loader(),
            layers=first.modules,
            model2_layers=second.modules,
            device="cpu",
            progress=False,
        )
    return found[0].numpy()


def by_torch_cka(task: Task) -> list[Matrix]:
    if torch_cka is None:
        raise PeerMissingError
    # It leaves its hooks in the model.
    model, other = copy.deepcopy(task.model), copy.deepcopy(task.model)
    quiet = contextlib.redirect_stderr(io.StringIO())
    with warnings.catch_warnings(action="ignore"), quiet, torch.no_grad():
        measured = torch_cka.CKA(
            model, other, "a", "b", model1_layers=task.modules, model2_layers=task.modules
        )
        try:
            measured.compare(task.loader(), task.loader())
        except AssertionError:  # its own "HSIC computation resulted in NANs"
            return [np.full((len(task.layers), len(task.layers)), np.nan)]
    return [measured.export()["CKA"].numpy()]


def definition(tasks: Sequence[Task], pairs: Sequence[Pair]) -> list[Matrix]:
    return [_one_definition(tasks[i], tasks[j]) for i, j in pairs]


def _one_definition(first: Task, second: Task) -> Matrix:
    """Three-term estimator of Song et al. (2012) in float64, pair by pair."""
    sums = np.zeros((len(first.layers), len(second.layers)))
    own, other = np.zeros(len(first.layers)), np.zeros(len(second.layers))
    for start, stop in first.probe.batches:
        rows = _float64_grams(first, start, stop)
        columns = rows if second is first else _float64_grams(second, start, stop)
        own += [_song(row, row) for row in rows]
        other += [_song(column, column) for column in columns]
        sums += [[_song(row, column) for column in columns] for row in rows]
    return sums / np.sqrt(np.outer(own, other))


def _float64_grams(task: Task, start: int, stop: int) -> list[Matrix]:
    grams = {}

    names = {layer.name for layer in task.layers}

    def keep(index: int, name: str, output: Tensor) -> None:
        if name not in names:
            return
        features = output.flatten(1).double().numpy()
        features = features - features.mean(axis=0)
        grams[name] = features @ features.T
        np.fill_diagonal(grams[name], 0)

    with torch.inference_mode(), capture(task.model, keep):
        task.model(task.images[start:stop])
    return [grams[layer.name] for layer in task.layers]


def _song(gram: Matrix, other: Matrix) -> float:
    n = len(gram)
    rows, columns = gram.sum(axis=0), other.sum(axis=0)
    shared = rows.sum() * columns.sum() / ((n - 1) * (n - 2)) - 2 * (rows @ columns) / (n - 2)
    return float((np.vdot(gram, other) + shared) / (n * (n - 3)))
