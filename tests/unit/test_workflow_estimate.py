"""How much work a study is."""

import torch

from repatlas.config.laptop import laptop
from repatlas.networks.build import build_model, hollow_model
from repatlas.networks.cost import network_cost
from repatlas.networks.spec import NetworkSpec
from repatlas.workflow.estimate import estimate


def test_a_convolution_is_counted_as_by_hand():
    spec = NetworkSpec(family="convnet")
    model = build_model(spec, 1, 1, 10, (3, 8, 8))
    convolution = next(m for m in model.modules() if isinstance(m, torch.nn.Conv2d))
    linear = next(m for m in model.modules() if isinstance(m, torch.nn.Linear))
    positions = 8 * 8 // convolution.stride[0] ** 2
    expected = 2 * positions * convolution.weight.numel() + 2 * linear.weight.numel()
    assert network_cost(model, (3, 8, 8)).flops == expected


def test_a_hollow_network_costs_what_a_real_one_does():
    for family, depth in (("resnet", 14), ("shake_shake", 8), ("mlp", 2)):
        spec = NetworkSpec(family=family)
        real = network_cost(build_model(spec, depth, 1, 10, (3, 8, 8)), (3, 8, 8))
        assert network_cost(hollow_model(spec, depth, 1, 10, (3, 8, 8)), (3, 8, 8)) == real


def test_the_work_of_a_study_grows_with_epochs_and_images():
    study = laptop()
    whole = estimate(study)
    standard = study.training["standard"].model_copy(update={"epochs": 88})
    longer = estimate(
        study.model_copy(update={"training": study.training | {"standard": standard}})
    )
    assert whole.flops < longer.flops < 2 * whole.flops
    assert longer.store_bytes == whole.store_bytes
    photos = study.data["photos"].model_copy(update={"train": 600})
    more = estimate(study.model_copy(update={"data": study.data | {"photos": photos}}))
    assert whole.flops < more.flops < 2 * whole.flops
