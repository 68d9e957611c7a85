"""Reading claims, with everything in them checked before any is judged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from repatlas.claims.catalogue import STATISTICS
from repatlas.claims.spec import Claim, ClaimsFile
from repatlas.errors import InputError
from repatlas.naming import advice


def load_claims(path: Path) -> ClaimsFile:
    """Read the claims of one paper.

    Raises
    ------
    InputError
        One line for each fault: the file, the claim, what is wrong and what is allowed.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; name an existing one") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    try:
        claims = ClaimsFile.model_validate(values)
    except ValidationError as error:
        _refuse(path, _lines(error, values))
    _refuse(path, [line for claim in claims.claims for line in _statistic_faults(claim)])
    return claims


def _refuse(path: Path, lines: list[str]) -> None:
    if lines:
        raise InputError("\nerror: ".join(f"{path}: {line}" for line in lines))


def _statistic_faults(claim: Claim) -> Iterator[str]:
    known = STATISTICS.get(claim.statistic)
    if known is None:
        told = advice(claim.statistic, sorted(STATISTICS))
        yield f"{claim.id}: there is no statistic {claim.statistic!r}; {told}"
        return
    try:
        known.arguments.model_validate(claim.arguments)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            allowed = list(known.arguments.model_fields)
            yield f"{claim.id}: {_told(fault, f'arguments of {claim.statistic}', allowed)}"


def _lines(error: ValidationError, values: Any) -> list[str]:
    found = []
    for fault in error.errors(include_url=False):
        location = fault["loc"]
        inside = len(location) > 2 and location[0] == "claims"
        allowed = list((Claim if inside else ClaimsFile).model_fields)
        where = f"{_claim_name(values, location[1])}: " if inside else ""
        found.append(where + _told(fault, "claims", allowed))
    return found


def _claim_name(values: Any, index: Any) -> str:
    claim = values["claims"][index]
    return str(claim.get("id", f"claim {index + 1}"))


def _told(fault: Any, what: str, allowed: list[str]) -> str:
    keys = [str(part) for part in fault["loc"] if isinstance(part, str) and part != "claims"]
    key = ".".join(keys)
    match fault["type"]:
        case "extra_forbidden":
            return f"unknown key {key!r} in the {what}; {advice(key, allowed)}"
        case "missing":
            return f"the {what} lack {key!r}; write a value"
        case "value_error":
            return str(fault["ctx"]["error"])
    message = fault["msg"].replace("Input should be", "should be")
    return f"{key or what}: {_short(fault['input'])}: {message}"


def _short(value: Any, width: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."
