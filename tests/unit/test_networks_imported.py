import sys

import pytest
import torch

from repatlas.errors import InputError
from repatlas.networks.build import build_model
from repatlas.networks.spec import NetworkSpec

CODE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, num_classes, hidden=8):
        super().__init__()
        self.conv = nn.Conv2d(3, hidden, 3, padding=1)
        self.dropout = nn.Dropout()
        self.out = nn.Linear(hidden * 64, num_classes)

    def forward(self, x):
        x = self.conv(x)
        return self.out(self.dropout(x.view(-1, self.out.in_features)))

class Zoo:
    small = Net

def any_arguments(**arguments):
    return Net(**arguments)

def fixed():
    return Net(10)

def frozen(num_classes):
    net = Net(num_classes)
    net.conv.eval()
    return net

def positional(num_classes, /):
    return Net(num_classes)

def not_a_module(num_classes):
    return "net"

def broken(num_classes):
    raise KeyError("no such key")

class Tuple(Net):
    def forward(self, x):
        return super().forward(x), x

def quits(num_classes):
    raise SystemExit(0)

def __getattr__(name):
    if name == "haunted":
        raise RuntimeError("boo")
    raise AttributeError(name)

number = 3
"""


@pytest.fixture
def nets(tmp_path, monkeypatch):
    (tmp_path / "usernets").mkdir()
    (tmp_path / "usernets" / "__init__.py").touch()
    (tmp_path / "usernets" / "small.py").write_text(CODE)
    (tmp_path / "usernets" / "unfinished.py").write_text("def net(:\n")
    (tmp_path / "usernets" / "needy.py").write_text("import a_package_nobody_has\n")
    monkeypatch.chdir(tmp_path)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "usernets"]:
        del sys.modules[name]


def build(source, arguments=None, classes=10, side=8, seed=0):
    spec = NetworkSpec.model_validate({"import": source, "arguments": arguments or {}})
    return build_model(spec, 0, 0, classes, (3, side, side), seed=seed)


@pytest.mark.usefixtures("nets")
@pytest.mark.parametrize("name", ["Net", "Zoo.small", "any_arguments", "fixed"])
def test_functions_and_classes_of_the_working_directory(name):
    path = list(sys.path)
    model = build(f"usernets.small:{name}")
    assert model(torch.zeros(2, 3, 8, 8, dtype=torch.uint8)).shape == (2, 10)
    assert sys.path == path


@pytest.mark.usefixtures("nets")
def test_arguments_and_classes_are_passed():
    model = build("usernets.small:Net", {"hidden": 3}, classes=4)
    assert model.body.out.weight.shape == (4, 192)
    assert build("usernets.small:any_arguments", {"num_classes": 5}, classes=5) is not None


@pytest.mark.usefixtures("nets")
def test_images_are_contiguous_for_code_that_takes_views():
    images = torch.rand(2, 3, 8, 8).contiguous(memory_format=torch.channels_last)
    assert build("usernets.small:Net").eval()(images).shape == (2, 10)


@pytest.mark.usefixtures("nets")
def test_seed_alone_decides_the_weights():
    state = torch.get_rng_state()
    weights = [build("usernets.small:Net", seed=seed).body.conv.weight for seed in (1, 1, 2)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.usefixtures("nets")
def test_frozen_parts_stay_frozen():
    body = build("usernets.small:frozen").body
    assert body.training
    assert not body.conv.training


@pytest.mark.usefixtures("nets")
@pytest.mark.parametrize(
    ("source", "arguments", "reason"),
    [
        ("usernetz.small:Net", {}, r"no module usernetz in .*nearest: usernets"),
        ("usernets.smal:Net", {}, r"no module usernets.smal in .*nearest: usernets.small"),
        ("usernets.small:Nett", {}, r"usernets.small has no Nett; nearest: Net"),
        ("usernets.small:number", {}, r"number cannot be called"),
        ("usernets.small:Net", {"hiden": 3}, r"takes no argument hiden; nearest: hidden"),
        ("usernets.small:any_arguments", {"hiden": 3}, r"TypeError.*small.py, line \d+"),
        ("usernets.small:positional", {}, r"TypeError.*num_classes"),
        ("usernets.small:not_a_module", {}, r"returned a str; it must return a torch.nn.Module"),
        ("usernets.small:broken", {}, r"KeyError: 'no such key' \(.*small.py, line \d+\)"),
        ("usernets.small:Tuple", {}, r"gave tuple where logits \(2, 10\) are needed"),
        ("usernets.small:Net", {"num_classes": 7}, r"gave \(2, 7\) where logits \(2, 10\)"),
        ("usernets.small:Net", {"hidden": "three"}, r"TypeError.*small.py, line \d+"),
        ("usernets.unfinished:net", {}, r"SyntaxError.*unfinished.py"),
        ("usernets.needy:net", {}, r"No module named 'a_package_nobody_has'.*needy.py, line 1"),
        ("usernets.small:quits", {}, r"SystemExit: 0 \(.*small.py, line \d+\)"),
        ("usernets.small:haunted", {}, r"RuntimeError: boo"),
        ("usernets.small:number.real.gone", {}, r"has no number.real.gone"),
        ("math:log", {}, r"TypeError.*log\(\) takes no keyword arguments"),
        ("torchvision:resnet19", {}, r"no such classification network; nearest: .*resnet18"),
        ("torchvision:resnet18", {"depht": 3}, r"TypeError.*depht"),
    ],
)
def test_every_mistake_gives_one_line(source, arguments, reason):
    with pytest.raises(InputError, match=reason) as caught:
        build(source, arguments)
    assert "\n" not in str(caught.value)
    assert source.partition(":")[0] in str(caught.value)


@pytest.mark.usefixtures("nets")
def test_images_of_a_size_the_network_cannot_take():
    with pytest.raises(InputError, match=r"on images of 3x9x9: RuntimeError.*small.py"):
        build("usernets.small:Net", side=9)


def test_torchvision_by_name_repeats_by_its_seed():
    first, second, other = (build("torchvision:squeezenet1_1", side=32, seed=s) for s in (0, 0, 1))
    weights = [model.body.features[0].weight for model in (first, second, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert first(torch.zeros(1, 3, 32, 32)).shape == (1, 10)
