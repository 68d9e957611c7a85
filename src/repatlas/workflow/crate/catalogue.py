"""A crate while it is filled: files of results by their paths, held or only named."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from repatlas.workflow.crate.checksums import facts

CRATE_VERSION = "1.1"
"""Of RO-Crate: the one on which Workflow Run Crate is built."""

RUN_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
"""Brings the term ``sha256``."""


class Catalogue:
    """Adds entities to a crate and finds those of files again.

    Parameters
    ----------
    results
        Folder of results: files in it are called by their paths below it.
    """

    def __init__(self, results: Path) -> None:
        self.crate = ROCrate(version=CRATE_VERSION)
        self.crate.metadata.extra_contexts.append(RUN_TERMS)
        self._results = results
        self._known: dict[str, Entity] = {}

    def hold(self, path: str, name: str, **properties: Any) -> Entity:
        """Pack a file of results."""
        given = {"name": name, **facts(path), **_plain(properties)}
        entity: Entity = self.crate.add_file(path, self._below(path), properties=given)
        self._known[path] = entity
        return entity

    def name(self, path: str, name: str = "") -> Entity:
        """Name a file of results with its checksum; done once for each file."""
        if path not in self._known:
            below = self._below(path)
            given = {"name": name or below, **facts(path)}
            self._known[path] = self.add(f"#{quote(below)}", "File", **given)
        return self._known[path]

    def all(self, paths: Iterable[str]) -> list[Entity]:
        """The entities of files that are named; those that are not yet are."""
        return [self.name(path) for path in paths]

    def add(self, identifier: str, kind: str, **properties: Any) -> Entity:
        """Say something of what is no file in the crate."""
        given = {"@type": kind, **_plain(properties)}
        entity: Entity = self.crate.add(ContextEntity(self.crate, identifier, properties=given))
        return entity

    def _below(self, path: str) -> str:
        return Path(path).relative_to(self._results).as_posix()


def _plain(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties as RO-Crate writes them: a list of one as the one, an empty list not at all."""
    found = {}
    for key, value in properties.items():
        if isinstance(value, list) and len(value) < 2:
            value = value[0] if value else None
        if value is not None:
            found[key] = value
    return found
