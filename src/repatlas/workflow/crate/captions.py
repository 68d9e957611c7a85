"""Captions of the report as plain text."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, StrictUndefined


def caption(path: Path, config: Mapping[str, Any]) -> str:
    """Fill in a caption as Snakemake's report does, and take its markup away.

    Parameters
    ----------
    path
        One of the files of ``workflow/report``.
    config
        The resolved study, which captions know as ``snakemake.config``.

    Returns
    -------
    str
        One line.
    """
    template = Environment(undefined=StrictUndefined).from_string(path.read_text(encoding="utf-8"))
    text = template.render(snakemake=SimpleNamespace(config=config))
    return " ".join(text.replace("``", "").split())
