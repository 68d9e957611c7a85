"""What a crate of a study holds, and what it names without holding it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from repatlas.workflow.atlas import Atlas
from repatlas.workflow.crate.captions import caption

CODE = (
    "config.yaml",
    "envs/*.lock",
    "workflow/rules/*.smk",
    "workflow/claims/*.yaml",
)
"""Files of the checkout packed beside the Snakefile; the rest of it is named by its commit."""


@dataclass(frozen=True)
class FigureFiles:
    """One figure.

    Attributes
    ----------
    name, paper
        What it is called, and where it stands.
    caption
        One line.
    files
        All that it is written as; the first is the picture that a reader opens.
    made_from
        Files of results that were read to draw it.
    """

    name: str
    paper: str
    caption: str
    files: tuple[str, ...]
    made_from: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """Everything that a crate is made from; files of results by their paths.

    Attributes
    ----------
    study, scale, config_hash
        Which study it is.
    results
        Folder of its results.
    code
        Files of the checkout.
    config
        The resolved study.
    described
        Versions and networks, with what each is.
    claims, claims_page
        The ledger and its table.
    claims_made_from
        Files that were read to judge them.
    figures
        Of all papers.
    data, weights
        Prepared data sets and final weights: named with their checksums, not held.
    given
        Files that the user gave, by where the study names them: named, not held.
    """

    study: str
    scale: str
    config_hash: str
    results: Path
    code: tuple[Path, ...]
    config: str
    described: dict[str, str]
    claims: str
    claims_page: str
    claims_made_from: tuple[str, ...]
    figures: tuple[FigureFiles, ...]
    data: tuple[str, ...]
    weights: tuple[str, ...]
    given: dict[str, Path]

    @property
    def held(self) -> list[str]:
        """Files of results that are packed."""
        figures = [file for figure in self.figures for file in figure.files]
        return [self.config, *self.described, self.claims, self.claims_page, *figures]

    @property
    def named(self) -> list[str]:
        """Files of results that are named with their checksums, each once."""
        read = [file for figure in self.figures for file in figure.made_from]
        return list(dict.fromkeys([*self.data, *self.weights, *read, *self.claims_made_from]))

    @property
    def files(self) -> list[str]:
        """Every file of results that must be there before a crate can be made."""
        return [*self.held, *self.named]


def crate_contents(atlas: Atlas) -> Contents:
    """Collect what a crate of a study is made from; no file is looked at but captions."""
    results = atlas.results
    return Contents(
        study=atlas.study.study,
        scale=atlas.study.scale,
        config_hash=atlas.config_hash,
        results=Path(results),
        code=tuple(path for pattern in CODE for path in sorted(atlas.base.glob(pattern))),
        config=f"{results}/study/config.yaml",
        described={
            f"{results}/study/versions.txt": "commit and versions of the packages",
            f"{results}/study/networks.csv": "networks and their accuracy",
        },
        claims=f"{results}/claims.json",
        claims_page=f"{results}/claims.html",
        claims_made_from=tuple(atlas.evidence_files),
        figures=tuple(_figures(atlas)),
        data=tuple(map(atlas.paths.data, _data_names(atlas))),
        weights=tuple(map(atlas.paths.model, atlas.runs.runs)),
        given=_given(atlas),
    )


def _figures(atlas: Atlas) -> Iterator[FigureFiles]:
    config = json.loads(atlas.resolved)
    for paper in atlas.papers:
        for name, plan in paper.figures().items():
            read = [file for files in plan.inputs.values() for file in files]
            yield FigureFiles(
                name=f"{plan.number}: {plan.shows}",
                paper=paper.title,
                caption=caption(atlas.base / "workflow" / "report" / f"{name}.rst", config),
                files=tuple(plan.files),
                made_from=tuple(dict.fromkeys(read)),
            )


def _data_names(atlas: Atlas) -> list[str]:
    """Data sets that networks of the study are trained or looked at on."""
    trained = {run.data for run in atlas.runs.runs}
    probed = {probe.data for probe in atlas.study.probes.values() if probe.data}
    return sorted(trained | probed)


def _given(atlas: Atlas) -> dict[str, Path]:
    """Archives and weights that the study names; folders and installed images have no checksum."""
    data, networks = atlas.study.data, atlas.study.networks
    named = {f"data.{name}.root": spec.root for name, spec in data.items()}
    named |= {f"networks.{name}.weights": spec.weights for name, spec in networks.items()}
    paths = {key: Path(path).expanduser() for key, path in named.items() if path is not None}
    return {key: path for key, path in paths.items() if path.is_file()}
