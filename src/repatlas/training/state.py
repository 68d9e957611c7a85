"""What a killed training needs to go on: one file, replaced whole at the ends of epochs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from repatlas.tensor_file import check_tensors, read_metadata, read_tensors, write_tensors
from repatlas.training.component_penalty import ComponentRegulariser
from repatlas.training.history import HistoryRow
from repatlas.training.optimiser import momentum, restore_momentum
from repatlas.training.precision import PrecisionChoice

FILE = "state.safetensors"
FORMAT = "repatlas.training_state 1"
KEY = "repatlas"
MODEL, MOMENTUM, COMPONENT = "model.", "momentum.", "component."


@dataclass(frozen=True)
class StateHeader:
    """All of a state but its tensors.

    Attributes
    ----------
    identity
        What is trained on what: a state of another identity is of no use.
    precision
        As chosen at the start; a training that goes on keeps it.
    rows
        The history; the last row tells the epoch and step at which the state was taken.
    """

    identity: str
    precision: PrecisionChoice
    rows: Sequence[HistoryRow]


def write_state(
    folder: Path,
    header: StateHeader,
    model: nn.Module,
    optimiser: torch.optim.SGD,
    regulariser: ComponentRegulariser | None,
) -> None:
    """Replace the state in a folder.

    Raises
    ------
    OSError
        No space, no permission; the state that was there stays.
    """
    tensors = {MODEL + name: value for name, value in model.state_dict().items()}
    buffers = momentum(optimiser, model)
    tensors |= {MOMENTUM + name: value for name, value in buffers.items()}
    if regulariser is not None:
        tensors |= {COMPONENT + name: value for name, value in regulariser.vectors.items()}
    plain = {name: value for name, value in tensors.items() if torch.is_tensor(value)}
    write_tensors(folder / FILE, plain, {KEY: json.dumps({"format": FORMAT, **asdict(header)})})


def read_header(folder: Path) -> StateHeader | None:
    """Header of the state in a folder; None where there is none, or a damaged or foreign one."""
    try:
        check_tensors(folder / FILE)
        values = json.loads(read_metadata(folder / FILE)[KEY])
        if values["format"] != FORMAT:
            return None
        return StateHeader(
            values["identity"],
            PrecisionChoice(**values["precision"]),
            [HistoryRow.from_dict(row) for row in values["rows"]],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def restore_state(
    folder: Path,
    model: nn.Module,
    optimiser: torch.optim.SGD | None = None,
    regulariser: ComponentRegulariser | None = None,
) -> None:
    """Put back, in place, weights, buffers, momentum and first components of the state in a folder.

    Without an optimiser or a regulariser, their part of the state is left where it is.
    """
    tensors = read_tensors(folder / FILE)
    weights = _part(tensors, MODEL)
    extra = {
        name: value for name, value in model.state_dict().items() if not torch.is_tensor(value)
    }
    model.load_state_dict(weights | extra)
    if optimiser is not None:
        restore_momentum(optimiser, model, _part(tensors, MOMENTUM))
    if regulariser is not None:
        for name, value in _part(tensors, COMPONENT).items():
            # Copied into memory of torch's own: matrix products over the file's bytes, which lie
            # at any address, round in another order.
            regulariser.vectors[name] = regulariser.vectors[name].clone().copy_(value)


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those tensors whose names have a prefix, by the rest of the name."""
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
