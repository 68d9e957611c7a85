"""The file with the coefficients of all requests: what is known of jobs by measurement."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError

from repatlas.config.load import read_yaml
from repatlas.errors import InputError
from repatlas.files import atomic_file
from repatlas.section import Section

COEFFICIENTS_FILE = Path("workflow", "resources.yaml")
"""Below the folder of the workflow."""

HEADER = """\
# What jobs ask for: base + factor x size. The size is what a job's networks and images account for
# (src/repatlas/workflow/needs.py), in MB or in minutes, and 0 where a rule has none.
# `python scripts/calibrate_resources.py --results FOLDER --write` fits bases and factors to the
# records of finished jobs; any value may also be set by hand. Nothing here changes a result.
"""

NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Growing = Annotated[float, Field(ge=1, allow_inf_nan=False)]


class Line(Section):
    """A request as a function of the size of a job."""

    base: NotNegative = Field(description="What a job of no size needs.")
    factor: NotNegative = Field(default=1.0, description="What a unit of size adds.")

    def at(self, size: float) -> float:
        """The request for a job of a size."""
        return self.base + self.factor * size


class RuleCoefficients(Section):
    """Coefficients of the jobs of one rule."""

    memory: Line = Field(description="In MB.")
    minutes: Line = Field(description="In minutes.")


class Both(Section):
    """A number at least 1 for memory and one for time."""

    memory: Growing
    minutes: Growing


class Coefficients(Section):
    """Coefficients of all rules."""

    margin: Both = Field(description="Requests are at least so many times what was measured.")
    retry: Both = Field(description="Growth of the request from one attempt to the next.")
    longest_minutes: Growing = Field(
        description="No job asks for more time, as no queue grants it: a training that is cut "
        "off goes on in the next attempt."
    )
    snakemake_mb: NotNegative = Field(
        description="Memory of Snakemake itself, which a cluster counts as part of the job, in MB."
    )
    gpu_place_mb: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        description="Memory that one place on a GPU stands for, in MB: larger jobs take several."
    )
    rules: dict[str, RuleCoefficients] = Field(description="By the name of the rule.")

    def of(self, rule: str) -> RuleCoefficients:
        """Coefficients of a rule.

        Raises
        ------
        InputError
            The file has none.
        """
        try:
            return self.rules[rule]
        except KeyError:
            raise InputError(
                f"{COEFFICIENTS_FILE}: rules has no {rule!r}: add its memory and minutes"
            ) from None


def read_coefficients(path: Path) -> Coefficients:
    """Read the file.

    Raises
    ------
    InputError
        It is absent, not YAML, or has an impossible value: one line with the first fault.
    """
    try:
        return Coefficients.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}, {where}: {first['msg']} (given: {first['input']})") from None


def write_coefficients(coefficients: Coefficients, path: Path) -> None:
    """Write the file, whole or not at all."""
    values = _plain(coefficients.model_dump(exclude_defaults=True))
    text = yaml.safe_dump(values, sort_keys=False, default_flow_style=None, width=100)
    with atomic_file(path) as sibling:
        sibling.write_text(HEADER + "\n" + text, encoding="utf-8")


def _plain(value: Any) -> Any:
    """Numbers without a fraction as such, at any depth: 5 instead of 5.0."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
