"""Statistics by name, with their arguments checked."""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from repatlas.claims.measurement import Measurement

Function = Callable[..., Measurement]


@dataclass(frozen=True)
class Statistic:
    """A function over the evidence, under its own name.

    Attributes
    ----------
    name
        The function's name, as claims give it.
    function
        Takes the evidence and keyword arguments, gives a `Measurement`.
    arguments
        Model of the keyword arguments; unknown ones are refused.
    summary
        First line of the function's docstring.
    """

    name: str
    function: Function
    arguments: type[BaseModel]
    summary: str

    def measure(self, evidence: object, arguments: Mapping[str, Any]) -> Measurement:
        """Call the function with checked arguments.

        Raises
        ------
        pydantic.ValidationError
            An unknown, missing or wrong argument.
        """
        checked = self.arguments.model_validate(arguments)
        return self.function(evidence, **dict(checked))


REGISTERED: dict[str, Statistic] = {}


def statistic(function: Function) -> Function:
    """Register a function ``f(evidence, *, ...)`` as a statistic under its own name."""
    hints = typing.get_type_hints(function)
    fields: dict[str, Any] = {
        name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    model = create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)
    summary = (function.__doc__ or "").partition("\n")[0]
    REGISTERED[function.__name__] = Statistic(function.__name__, function, model, summary)
    return function
