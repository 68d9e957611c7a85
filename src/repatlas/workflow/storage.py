"""Results in an object store: what the plan has to translate, what another Snakemake is told."""

import os
from collections.abc import Mapping
from typing import Any


def relocated(value: Any, places: Mapping[str, str]) -> Any:
    """A JSON value in which every path of the study is replaced by the place of its file.

    Parameters
    ----------
    value
        Texts, lists and mappings, one in the other.
    places
        Where files lie, by their paths in the study; what is no such path stays as it is.
    """
    if isinstance(value, str):
        return places.get(value, value)
    if isinstance(value, Mapping):
        return {key: relocated(part, places) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [relocated(part, places) for part in value]
    return value


def storage_options(workflow: Any) -> str:
    """Options that give another Snakemake the storage of this one; nothing without a storage.

    Keys and addresses of the store stand on no command line, where every user of the machine
    could read them: they go to the environment, as Snakemake hands them to its own jobs.
    """
    if workflow.storage_settings.default_storage_provider is None:
        return ""
    arguments = workflow.spawned_job_args_factory
    os.environ.update(arguments.get_storage_provider_envvars())
    prefix = workflow.storage_settings.local_storage_prefix
    options = [
        arguments.get_default_storage_provider_args(),
        *arguments.get_storage_provider_args(),
        f"--local-storage-prefix {prefix}",
    ]
    return " ".join(options)
