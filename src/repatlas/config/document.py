"""The commented `config.yaml` and the JSON schema, both generated from the typed study.

``python -m repatlas.config.document`` writes both; a test fails where the committed files differ.
"""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from repatlas.config.laptop import laptop
from repatlas.config.study import Study
from repatlas.files import atomic_file

WIDTH = 100
HEADER = """\
# The default study ("laptop"): what `make reproduce` and a plain `snakemake` run.
#
# Other studies lie in workflow/studies; `--configfile FILE` puts the sections of FILE over the
# sections here, each section whole. Cores, memory and devices are no part of a study: they belong
# to the profiles in workflow/profiles.
#
# Generated from src/repatlas/config (`make config`); edit freely, every key is checked.
"""


def document(study: Study) -> str:
    """YAML text of a study with the description of every key beside its first use.

    The first section of a kind is written with all its keys, later ones with those alone that have
    not their default value.
    """
    return HEADER + "\n".join(_section_lines(study, 0, set())) + "\n"


def schema() -> str:
    """JSON schema of a study, for editors that complete and check YAML."""
    return json.dumps(Study.model_json_schema(), indent=2) + "\n"


def _section_lines(section: BaseModel, depth: int, told: set[type]) -> Iterator[str]:
    first = type(section) not in told
    told.add(type(section))
    for name, field in type(section).model_fields.items():
        if depth == 0:
            yield ""
        value = getattr(section, name)
        if first:
            comment = field.description or ""
            yield from _entry_lines(field.alias or name, value, comment, depth, told)
        elif field.is_required() or value != field.get_default():
            yield from _entry_lines(field.alias or name, value, "", depth, told)


def _entry_lines(key: str, value: Any, comment: str, depth: int, told: set[type]) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(value, BaseModel):
        line = f"{indent}{key}: {_scalar(_differing(value))}"
        if _all_told(value, told) and len(line) <= WIDTH:
            yield from _commented(line, comment, indent)
            return
        yield from _commented(f"{indent}{key}:", comment, indent)
        yield from _section_lines(value, depth + 1, told)
    elif isinstance(value, dict) and any(isinstance(item, BaseModel) for item in value.values()):
        yield from _commented(f"{indent}{key}:", comment, indent)
        for name, item in value.items():
            yield from _entry_lines(name, item, "", depth + 1, told)
    elif isinstance(value, dict) and len(f"{indent}{key}: {_scalar(value)}") > WIDTH:
        yield from _commented(f"{indent}{key}:", comment, indent)
        yield from (f"{indent}  {name}: {_scalar(item)}" for name, item in value.items())
    else:
        yield from _commented(f"{indent}{key}: {_scalar(value)}", comment, indent)


def _differing(section: BaseModel) -> dict[str, Any]:
    """What a section says that is not its default."""
    return section.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _all_told(section: BaseModel, told: set[type]) -> bool:
    """Whether the keys of a section, and of those in it, have had their comments."""
    values = [getattr(section, name) for name in type(section).model_fields]
    inner = [value for value in values if isinstance(value, BaseModel)]
    return type(section) in told and all(_all_told(value, told) for value in inner)


def _commented(line: str, comment: str, indent: str) -> Iterator[str]:
    """The line with its comment behind it where both fit, else below the comment."""
    if not comment:
        yield line
    elif len(line) + len(comment) + 4 <= WIDTH:
        yield f"{line}  # {comment}"
    else:
        yield from textwrap.wrap(
            comment, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# "
        )
        yield line


def _scalar(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    text = yaml.safe_dump(plain, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("...\n").strip()


def main() -> None:
    """Write `config.yaml` and `workflow/study.schema.json` of this checkout."""
    root = Path(__file__).parents[3]
    for path, text in (
        (root / "config.yaml", document(laptop())),
        (root / "workflow" / "study.schema.json", schema()),
    ):
        with atomic_file(path) as sibling:
            sibling.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
