import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from repatlas.errors import InputError
from repatlas.networks.spec import NetworkSpec, check_grid


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"family": "shake_shake", "shortcut_batch_norm": True},
        {"family": "resnet", "residual": False},
        {"import": "nets.small:Net", "arguments": {"hidden": 3, "rate": 0.5, "act": "relu"}},
        {"import_": "torchvision:resnet18", "weights": "mine.safetensors"},
    ],
)
def test_json_round_trip(values):
    spec = NetworkSpec.model_validate(values)
    assert NetworkSpec.model_validate_json(spec.model_dump_json()) == spec
    assert NetworkSpec.model_validate_json(spec.model_dump_json(by_alias=True)) == spec


def test_import_implies_its_family():
    assert NetworkSpec.model_validate({"import": "torchvision:resnet18"}).family == "imported"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"family": "imported"}, "needs `import"),
        ({"family": "resnet", "import": "a:b"}, "exclude each other"),
        ({"import": "no_colon"}, "'no_colon' names no function; write package.module:function"),
        ({"import": "nets/small.py:Net"}, "names no function"),
        ({"arguments": {"hidden": 3}}, "`arguments` are for imported"),
        ({"family": "mlp", "residual": False}, "`residual: false` is for family resnet"),
        ({"family": "convnet", "shortcut_batch_norm": True}, "resnet and shake_shake"),
        ({"residual": False, "shortcut_batch_norm": True}, "needs shortcuts"),
        ({"familly": "mlp"}, "Extra inputs"),
    ],
)
def test_options_that_do_not_fit_are_refused(values, reason):
    with pytest.raises(ValidationError, match=reason):
        NetworkSpec.model_validate(values)


@given(depth=st.integers(-5, 300), family=st.sampled_from(["resnet", "shake_shake"]))
def test_depth_of_block_networks_is_6n_plus_2(depth, family):
    spec = NetworkSpec(family=family)
    if depth in range(8, 400, 6):
        check_grid(spec, depth, 1)
    else:
        with pytest.raises(InputError, match="6n\\+2"):
            check_grid(spec, depth, 1)


@pytest.mark.parametrize(
    ("depth", "nearest"), [(15, "14 and 20"), (19, "14 and 20"), (21, "20 and 26"), (2, "8")]
)
def test_wrong_depth_names_the_nearest(depth, nearest):
    with pytest.raises(InputError, match=f"depth {depth}: .*nearest: {nearest}$"):
        check_grid(NetworkSpec(), depth, 1)


@pytest.mark.parametrize("family", ["convnet", "mlp"])
def test_depth_of_plain_networks_begins_at_1(family):
    check_grid(NetworkSpec(family=family), 1, 1)
    with pytest.raises(InputError, match="depth 0"):
        check_grid(NetworkSpec(family=family), 0, 1)


@pytest.mark.parametrize("depth", [1, 7, 9])
def test_depth_of_an_alexnet_is_8(depth):
    check_grid(NetworkSpec(family="alexnet"), 8, 3)
    with pytest.raises(InputError, match=f"depth {depth}: .*the nearest is 8$"):
        check_grid(NetworkSpec(family="alexnet"), depth, 1)


def test_width_begins_at_1():
    with pytest.raises(InputError, match="width 0"):
        check_grid(NetworkSpec(), 14, 0)


def test_imported_networks_have_no_grid():
    spec = NetworkSpec.model_validate({"import": "torchvision:resnet18"})
    check_grid(spec, 0, 0)
    with pytest.raises(InputError, match="has its own"):
        check_grid(spec, 14, 0)


@pytest.mark.parametrize("module", ["spec", "layer_table"])
def test_reads_without_torch_and_numpy(module):
    code = (
        f"import sys, repatlas.networks.{module}; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
