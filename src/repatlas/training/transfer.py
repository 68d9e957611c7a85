"""Transfer: weights that a run takes over from another before its first step.

As in the code of Nguyen, Raghu and Kornblith (2022), who copy all layers but the last and then
train everything (section 6, Fig 9), or the first stage alone (``partial_init``). Statistics of
batch-norm are taken over with the weights; the standardisation of the input stays the run's own.
"""

import os
from collections.abc import Collection
from pathlib import Path

import torch
from torch import Tensor, nn

from repatlas.errors import InputError
from repatlas.networks.layers import module_stages
from repatlas.networks.model import Model
from repatlas.tensor_file import read_tensors
from repatlas.training.spec import Kept

FIRST_STAGE = 1
REMEDY = "give weights of the same family, depth, width and arguments"


def take_over(model: Model, path: str | os.PathLike[str], kept: Kept) -> None:
    """Replace tensors of a network by those of a file, in place; all of them or none.

    Parameters
    ----------
    model
        At its initialisation, on the CPU.
    path
        Weights of a network that may have another number of classes.
    kept
        ``all_but_last``: all of the body but its last linear layer. ``first_stage``: stem and first
        stage.

    Raises
    ------
    InputError
        No such file, no such layers in the network, or tensors that do not fit: one line.
    """
    body = {
        name: value for name, value in model.body.state_dict().items() if torch.is_tensor(value)
    }
    names = _all_but_last(model, body) if kept == "all_but_last" else _first_stage(model, body)
    found = {name.removeprefix("body."): value for name, value in read_tensors(path).items()}
    for name in names:
        _check_fit(path, name, body[name], found.get(name))
    unknown = sorted(found.keys() - body.keys() - {"input.mean", "input.sd"})
    if unknown:
        raise InputError(
            f"{Path(path)} is no start for this network: it has no tensor {unknown[0]}; {REMEDY}"
        )
    with torch.no_grad():
        for name in names:
            body[name].copy_(found[name])


def _all_but_last(model: Model, names: Collection[str]) -> list[str]:
    linear = [path for path, part in model.body.named_modules() if isinstance(part, nn.Linear)]
    if not linear:
        raise InputError(
            "start.layers: all_but_last: the network has no linear layer (torch.nn.Linear) to "
            "leave out; end it with one"
        )
    return [name for name in names if name.rpartition(".")[0] != linear[-1]]


def _first_stage(model: Model, names: Collection[str]) -> list[str]:
    stages = module_stages(model.body)
    inside = {path for path, part in model.body.named_modules() if stages.get(part) == FIRST_STAGE}
    chosen = [name for name in names if name.rpartition(".")[0] in inside]
    if not chosen:
        raise InputError(
            "start.layers: first_stage: the network has no stages (modules with `stage = 1`); "
            "use all_but_last, or mark them"
        )
    return chosen


def _check_fit(
    path: str | os.PathLike[str], name: str, wanted: Tensor, found: Tensor | None
) -> None:
    if found is not None and found.shape == wanted.shape:
        return
    has = "is missing" if found is None else f"has shape {tuple(found.shape)}"
    raise InputError(
        f"{Path(path)} is no start for this network: tensor {name} {has} in the file where the "
        f"network has {tuple(wanted.shape)}; {REMEDY}"
    )
