"""Small probe sets, networks and stores for the tests of the store."""

import copy

import numpy as np
import torch
from torch import nn

from repatlas.data.dataset import Split
from repatlas.networks.model import Model
from repatlas.store.extract import write_activations
from repatlas.store.probe import make_probe
from repatlas.store.reader import ActivationStore
from repatlas.store.spec import ProbeSpec

HEADER = {
    "run": '{"network": "toy", "seed": 3}',
    "checkpoint": "final",
    "epoch": 4,
    "step": 40,
    "train_accuracy": 0.75,
    "test_accuracy": 0.5,
}


def split(count=40, side=4, classes=3, seed=0):
    """Images whose class shows in their brightness."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    images = generator.integers(0, 128, (count, 3, side, side)) + 50 * labels[:, None, None, None]
    ids = np.array([f"test/class{label}/{i:04d}" for i, label in enumerate(labels)])
    return Split(images.astype(np.uint8), labels, ids)


def probe(count=40, side=4, **options):
    """All images of `split` as a probe set."""
    spec = ProbeSpec(**{"batch_size": 16, "components": 3} | options)
    return make_probe(split(count, side), spec, "toy", "f" * 64, ("a", "b", "c"))


class Block(nn.Module):
    """A residual block as people write it: the batch-norm's output is overwritten twice."""

    def __init__(self, channels, inplace):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU(inplace=inplace)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu2 = nn.ReLU(inplace=inplace)
        self.inplace = inplace

    def forward(self, x):
        out = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        if self.inplace:
            out += x
        else:
            out = out + x
        return self.relu2(out)


def network(inplace=True, channels=4, classes=3, seed=0):
    """Two residual blocks with batch-norm statistics that fit no probe batch."""
    torch.manual_seed(seed)
    body = nn.Sequential(
        nn.Conv2d(3, channels, 3, padding=1),
        nn.ReLU(inplace=inplace),
        Block(channels, inplace),
        Block(channels, inplace),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(channels, classes),
    )
    for module in body.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.bias)
    return Model(body, (0.4, 0.4, 0.4), (0.2, 0.2, 0.2)).eval()


def layer_outputs(model, images):
    """Activations (n, p) by layer in float64, each cloned as it arises."""
    names = {module: name.removeprefix("body.") for name, module in model.named_modules()}
    found = {}

    def keep(module, inputs, output):
        found[names[module]] = output.clone().flatten(1).double().numpy()

    leaves = [module for module in model.modules() if not list(module.children())]
    handles = [module.register_forward_hook(keep) for module in leaves]
    with torch.no_grad():
        model(torch.from_numpy(images))
    for handle in handles:
        handle.remove()
    return found


def plain_copy(model):
    """The same network with nothing done in place."""
    other = network(inplace=False)
    other.load_state_dict(copy.deepcopy(model.state_dict()))
    return other


def write(path, model=None, probe_set=None, **options):
    """Write the store of a network on a probe set, and give its path."""
    write_activations(
        network() if model is None else model,
        probe(**options) if probe_set is None else probe_set,
        path,
        HEADER,
    )
    return path


def contents(path):
    """All arrays of a store by name, and its layers' names."""
    with ActivationStore(path) as store:
        return {
            "names": [layer.name for layer in store.layers],
            "grams": [store.gram(batch) for batch in range(len(store.batches))],
            "norms": store.activation_norms,
            "batch": store.centered_square_batch,
            "full": store.centered_square_full,
            "vectors": store.component_vectors,
            "eigenvalues": store.component_eigenvalues,
            "share": store.component_share,
            "logits": store.logits,
        }


def defined_gram(features):
    """Packed U-centred Gram in float64, by the formulas of Szekely and Rizzo."""
    x = np.asarray(features, np.float64)
    x = x - x.mean(axis=0)
    n = len(x)
    gram = x @ x.T
    np.fill_diagonal(gram, 0)
    rows = gram.sum(axis=1, keepdims=True) / (n - 2)
    gram = gram - rows - rows.T + gram.sum() / ((n - 1) * (n - 2))
    return gram[np.triu_indices(n, 1)]


def minibatch_cka(packed, others, sizes):
    """Minibatch CKA from packed Grams of two layers, one a batch."""

    def total(a, b):
        return sum(
            np.dot(np.float64(x), np.float64(y)) / (size * (size - 3))
            for x, y, size in zip(a, b, sizes, strict=True)
        )

    return total(packed, others) / np.sqrt(total(packed, packed) * total(others, others))


def defined_components(features, number):
    """Left singular vectors (k, n), eigenvalues and shares of the centred features in float64."""
    x = np.asarray(features, np.float64)
    u, s, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return u.T[:number], s[:number] ** 2, s[:number] ** 2 / (s**2).sum()
