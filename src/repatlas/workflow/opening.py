"""Reading the study for a Snakefile: every fault of it ends Snakemake with one line."""

import atexit
import gc
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from repatlas.config.load import load_study, parse_study
from repatlas.config.study import Study
from repatlas.config.yaml_file import read_yaml
from repatlas.errors import InputError
from repatlas.naming import shown
from repatlas.provenance import STUDY_CONFIG_VARIABLE
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.resources.requests import Requests
from repatlas.workflow.search_path import extend_search_path
from repatlas.workflow.sources import remember


def open_atlas(
    folder: str, overlay: Mapping[str, Any], main_process: bool, files: Iterable[Path] = ()
) -> Atlas:
    """Read the study for a Snakefile; a faulty one ends Snakemake with one line a fault.

    Snakemake has read the files of the overlay already, and kept the last of two equal keys: they
    are read once more for what they say twice or otherwise than it seems.

    The main process reads the config and names the frozen copy to every job through the
    environment. Jobs that parse the Snakefile again, as on a cluster, read that copy: editing the
    config in the middle of a run changes none of its jobs.
    """
    base = Path(folder)
    frozen = os.environ.get(STUDY_CONFIG_VARIABLE)
    try:
        if frozen and not main_process:
            return Atlas(base, parse_study(_frozen_values(Path(frozen))))
        for file in files:
            read_yaml(Path(file))
        atlas = Atlas(base, load_study(base / "config.yaml", overlay))
        check_given_files(atlas.study)
    except InputError as error:
        sys.exit(f"error: {error}")
    atexit.register(remember)
    # A plan of thousands of jobs is a large graph with hardly any garbage: looking for it less
    # often takes a fifth off the time of planning.
    gc.set_threshold(200_000, 50, 50)
    os.environ[STUDY_CONFIG_VARIABLE] = str(atlas.frozen_config.resolve())
    extend_search_path(base / "src")
    return atlas


def open_requests(atlas: Atlas) -> Requests:
    """What jobs ask for; a faulty file of coefficients ends Snakemake with one line."""
    try:
        return atlas.requests
    except InputError as error:
        sys.exit(f"error: {error}")


def _frozen_values(path: Path) -> dict[str, Any]:
    """Read a study that was frozen: as JSON, for YAML reads numbers such as 1e-05 as text."""
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{path}: not the frozen study of this run: start the run again") from None
    return values


def check_given_files(study: Study) -> None:
    """Refuse files named by the study that do not exist, before any job starts."""
    for name, network in study.networks.items():
        if network.weights is not None and not os.path.isfile(network.weights):
            raise InputError(
                f"networks.{name}.weights: there is no file {shown(network.weights)}; name an "
                "existing safetensors file"
            )
    for name, data in study.data.items():
        root = data.root and os.path.expanduser(data.root)
        if root is not None and not data.download and not os.path.exists(root):
            raise InputError(
                f"data.{name}.root: there is no {shown(data.root)}; name an existing folder or "
                "archive" + ("" if data.source == "tree" else ", or set download: true")
            )
