"""Networks that users bring: a function of their own, or torchvision's by name."""

import difflib
import importlib
import inspect
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from repatlas.errors import InputError
from repatlas.networks.modes import evaluation_mode
from repatlas.networks.spec import NetworkSpec
from repatlas.torchvision_import import import_torchvision

TORCHVISION = "torchvision"


def imported_network(spec: NetworkSpec, classes: int, input_shape: tuple[int, ...]) -> nn.Module:
    """Call the function that the spec names; the network has passed one forward pass.

    It is called with ``arguments`` and, if it takes it, ``num_classes``. What it draws from
    torch's global generator is up to the caller to seed.

    Parameters
    ----------
    classes
        Number of logits that the network must give.
    input_shape
        Shape of one image, such as (3, 32, 32).

    Raises
    ------
    InputError
        Unknown module, function, network or argument (with the nearest names); code that fails or
        ends the program; something else than a module; logits of another number.
    """
    # Code that goes to another folder shall not take the results there.
    with chdir(Path.cwd()):
        return _imported_network(spec, classes, input_shape)


def _imported_network(spec: NetworkSpec, classes: int, input_shape: tuple[int, ...]) -> nn.Module:
    source = str(spec.import_)
    module_name, _, function_name = source.partition(":")
    arguments: dict[str, Any] = {"num_classes": classes, **spec.arguments}
    if module_name == TORCHVISION:
        network = _torchvision_network(function_name, arguments)
    else:
        function = _function(source, module_name, function_name)
        network = _call(source, function, arguments)
    if not isinstance(network, nn.Module):
        raise InputError(
            f"import {source}: returned a {type(network).__name__}; it must return a "
            "torch.nn.Module"
        )
    _check_logits(source, network, classes, input_shape)
    return network


def _torchvision_network(name: str, arguments: Mapping[str, Any]) -> nn.Module:
    models = import_torchvision().models
    names = models.list_models(module=models)
    if name not in names:
        raise InputError(
            f"import {TORCHVISION}:{name}: torchvision has no such classification network; "
            f"{_nearest(name, names)}"
        )
    source = f"{TORCHVISION}:{name}"
    network: nn.Module = _call(source, models.get_model_builder(name), arguments)
    if isinstance(network, models.ResNet):
        _mark_resnet(network)
    return network


def _mark_resnet(network: Any) -> None:
    """Give torchvision's ResNets the stages and block outputs that our own networks carry."""
    network.relu.block_output = True
    for module in (network.conv1, network.bn1, network.relu, network.maxpool):
        module.stage = 1
    for number in (1, 2, 3, 4):
        layer = getattr(network, f"layer{number}")
        layer.stage = number
        for block in layer:
            block.block_output = True


def _function(source: str, module_name: str, function_name: str) -> Callable[..., object]:
    found: Any = _module(source, module_name)
    for part in function_name.split("."):
        # What is found may have code of its own behind its attributes.
        with _user_code(source):
            if not hasattr(found, part):
                names = [name for name in dir(found) if _is_callable(found, name)]
                raise InputError(
                    f"import {source}: {module_name} has no {function_name}; "
                    f"{_nearest(part, names)}"
                )
            found = getattr(found, part)
    if not callable(found):
        raise InputError(f"import {source}: {function_name} cannot be called; name a function")
    function: Callable[..., object] = found
    return function


def _is_callable(holder: object, name: str) -> bool:
    """Whether an attribute can be called, found without running any code of its holder."""
    return callable(inspect.getattr_static(holder, name, None))


def _module(source: str, name: str) -> ModuleType:
    with _working_directory_importable(), _user_code(source):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing = str(error.name)
            if name != missing and not name.startswith(f"{missing}."):
                raise
            siblings = _modules_beside(missing)
            raise InputError(
                f"import {source}: no module {missing} in {Path.cwd()} or among the installed "
                f"packages; {_nearest(missing, siblings)}"
            ) from error


@contextmanager
def _working_directory_importable() -> Iterator[None]:
    path = list(sys.path)
    sys.path.insert(0, str(Path.cwd()))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = path


def _modules_beside(name: str) -> list[str]:
    parent, _, _ = name.rpartition(".")
    search = list(getattr(sys.modules.get(parent), "__path__", [])) if parent else None
    prefix = f"{parent}." if parent else ""
    return [prefix + module.name for module in pkgutil.iter_modules(search)]


def _call(source: str, function: Callable[..., object], arguments: Mapping[str, Any]) -> Any:
    accepted = _accepted(function)
    if accepted is not None:
        unknown = [name for name in arguments if name not in (*accepted, "num_classes")]
        if unknown:
            raise InputError(
                f"import {source}: it takes no argument {unknown[0]}; "
                f"{_nearest(unknown[0], accepted)}"
            )
        arguments = {name: value for name, value in arguments.items() if name in accepted}
    with _user_code(source):
        return function(**arguments)


def _accepted(function: Callable[..., object]) -> list[str] | None:
    """Names of the keyword arguments of a function; None where it takes any, or does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [parameter.name for parameter in parameters if parameter.kind in named]


def _check_logits(
    source: str, network: nn.Module, classes: int, input_shape: tuple[int, ...]
) -> None:
    images = "x".join(str(side) for side in input_shape)
    with (
        _user_code(f"{source} on images of {images}"),
        evaluation_mode(network),
        torch.no_grad(),
    ):
        logits = network(torch.zeros(2, *input_shape))
    if not isinstance(logits, torch.Tensor) or tuple(logits.shape) != (2, classes):
        got = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise InputError(
            f"import {source}: two images of {images} gave {got} where logits (2, {classes}) are "
            "needed; let the function take num_classes, or set it in `arguments`"
        )


@contextmanager
def _user_code(what: str) -> Iterator[None]:
    """Turn any failure of code that is not ours into one line that says where it failed."""
    try:
        yield
    except InputError:
        raise
    except BaseException as error:
        # A SystemExit of theirs would end the job as if it had succeeded.
        if isinstance(error, KeyboardInterrupt):
            raise
        raise InputError(
            f"import {what}: {type(error).__name__}: {_reason(error)}{_place(error)}; mend the "
            "code or the `arguments`"
        ) from error


def _reason(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())
    except Exception:
        return "it has no message"


def _place(error: BaseException) -> str:
    """Where the user's code failed: its innermost line below the working directory, if any."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [
        frame
        for frame in frames
        if Path(frame.filename).is_relative_to(Path.cwd())
        and "site-packages" not in frame.filename
        and frame.filename != __file__
    ]
    place = (theirs or frames)[-1]
    # A built-in function has no lines, and this one is not the user's.
    return "" if place.filename == __file__ else f" ({place.filename}, line {place.lineno})"


def _nearest(name: str, names: Iterable[str]) -> str:
    public = sorted({known for known in names if not known.startswith("_")})
    close = difflib.get_close_matches(name, public, n=3, cutoff=0.5)
    if close:
        return f"nearest: {', '.join(close)}"
    return f"there are: {', '.join(public[:8])}" if public else "there is nothing else there"
