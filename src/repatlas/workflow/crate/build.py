"""The crate of a study: its files, what each is, what it was made from."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from repatlas.data.dataset import FORMAT, VERSION
from repatlas.errors import InputError
from repatlas.hdf5 import open_hdf5
from repatlas.provenance import provenance, versions
from repatlas.workflow.crate.catalogue import Catalogue
from repatlas.workflow.crate.checksums import facts
from repatlas.workflow.crate.contents import Contents, FigureFiles
from repatlas.workflow.crate.readme import README
from repatlas.workflow.describe import REPORTED

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
WORKFLOW_PROFILE = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
LICENSE = "https://spdx.org/licenses/MIT"


def build_crate(contents: Contents, base: Path) -> ROCrate:
    """Describe a finished study as a Workflow Run RO-Crate.

    The snakefile is the main entity, the run of the study an action that made figures and claims
    from the config and the data. Data sets, weights and what figures were drawn from are named with
    their checksums; each figure names the files it was drawn from. The time stated is that of the
    newest file that is held, so the same results give the same crate.

    Parameters
    ----------
    contents
        What goes in.
    base
        Folder of the checkout.

    Raises
    ------
    InputError
        A file is absent: the study is not finished.
    """
    _check_present(contents)
    catalogue = Catalogue(contents.results)
    workflow = _workflow(catalogue, contents, base)
    config = catalogue.hold(
        contents.config,
        "resolved config",
        description="The study as it was run; given to snakemake --configfile it repeats it.",
        identifier=contents.config_hash,
    )
    data = [_data(catalogue, path) for path in contents.data]
    made = [
        *_claims(catalogue, contents),
        *(entity for figure in contents.figures for entity in _figure(catalogue, figure)),
        *(catalogue.hold(path, what) for path, what in contents.described.items()),
        *catalogue.all(contents.weights),
    ]
    action = catalogue.add(
        "#run",
        "CreateAction",
        name=f"run of study {contents.study}",
        description=f"All jobs of study {contents.study} at scale {contents.scale}, resolved "
        f"config {contents.config_hash}.",
        instrument=workflow,
        object=[config, *data, *_given(catalogue, contents)],
        result=made,
        endTime=_time(contents),
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    _describe_root(catalogue, contents, action)
    return catalogue.crate


def _check_present(contents: Contents) -> None:
    absent = [path for path in contents.files if not Path(path).is_file()]
    if absent:
        more = f" and {len(absent) - 1} more are" if len(absent) > 1 else " is"
        raise InputError(
            f"study {contents.study} is not finished: {absent[0]}{more} absent; run "
            "`snakemake --cores all crate`, which makes what is missing"
        )


def _workflow(catalogue: Catalogue, contents: Contents, base: Path) -> Entity:
    """The snakefile, with rules, claims and lock files beside it and the software that ran them."""
    for path in contents.code:
        name = path.relative_to(base).as_posix()
        catalogue.crate.add_file(path, name, properties={"name": name, **facts(path)})
    ran = provenance()
    software = {"python": ran["python"], **versions(REPORTED)}
    snakefile = base / "Snakefile"
    workflow: Entity = catalogue.crate.add_workflow(
        snakefile,
        "Snakefile",
        main=True,
        lang="snakemake",
        lang_version=software.get("snakemake"),
        properties={
            "name": "Representation Atlas",
            "description": "Retrains networks, compares their layers, redraws the figures of "
            "papers on neural representations and judges their claims.",
            "version": f"{software.get('repatlas', 'unknown')}, commit {ran['commit']}",
            "license": {"@id": LICENSE},
            "conformsTo": {"@id": WORKFLOW_PROFILE},
            **facts(snakefile),
        },
    )
    workflow["softwareRequirements"] = [
        catalogue.add(
            f"#software/{name}", "SoftwareApplication", name=name, softwareVersion=version
        )
        for name, version in software.items()
    ]
    return workflow


def _data(catalogue: Catalogue, path: str) -> Entity:
    """A prepared data set; its fingerprint is that of its images, whatever the file format."""
    entity = catalogue.name(path, f"prepared data set {Path(path).stem}")
    with open_hdf5(path, FORMAT, VERSION) as file:
        entity["identifier"] = f"fingerprint {file.attrs['fingerprint']}"
    return entity


def _given(catalogue: Catalogue, contents: Contents) -> list[Entity]:
    """Files of the user: called by where the study names them, for they may lie anywhere."""
    return [
        catalogue.add(f"#given/{key}", "File", name=f"{key}: {path.name}", **facts(path))
        for key, path in sorted(contents.given.items())
    ]


def _claims(catalogue: Catalogue, contents: Contents) -> list[Entity]:
    """The ledger, which names the files on which claims were judged, and its page."""
    judged = json.loads(Path(contents.claims).read_bytes())
    verdicts = Counter(claim["verdict"] for claim in judged)
    counted = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    ledger = catalogue.hold(
        contents.claims,
        "ledger of claims",
        description=f"Every claim of the papers with the number that decides it: {counted}.",
        isBasedOn=catalogue.all(contents.claims_made_from),
    )
    page = catalogue.hold(contents.claims_page, "ledger of claims as a page", isBasedOn=ledger)
    return [ledger, page]


def _figure(catalogue: Catalogue, figure: FigureFiles) -> list[Entity]:
    """All files of a figure; the caption stands with the picture."""
    read = catalogue.all(figure.made_from)
    picture, *others = figure.files
    paper = catalogue.add(f"#paper/{quote(figure.paper)}", "CreativeWork", name=figure.paper)
    shown = catalogue.hold(
        picture, figure.name, description=figure.caption, isBasedOn=read, isPartOf=paper
    )
    return [
        shown,
        *(
            catalogue.hold(path, f"{figure.name} ({Path(path).suffix[1:]})", isBasedOn=read)
            for path in others
        ),
    ]


def _describe_root(catalogue: Catalogue, contents: Contents, action: Entity) -> None:
    root = catalogue.crate.root_dataset
    root["name"] = f"Representation Atlas, study {contents.study}"
    root["description"] = (
        f"Figures, claims, config and provenance of study {contents.study} (scale "
        f"{contents.scale}). Data sets, weights and activation stores are named with their SHA-256 "
        "and not held."
    )
    root["datePublished"] = _time(contents)
    root["license"] = catalogue.add(
        LICENSE,
        "CreativeWork",
        name="MIT License",
        description="Of the workflow. Images of a data set that figures show keep the license of "
        "their source.",
    )
    root["conformsTo"] = _profiles(catalogue)
    root["mentions"] = action
    catalogue.crate.add_file(
        BytesIO(README.format(study=contents.study).encode()),
        "README.md",
        properties={"name": "what this is", "about": root, "encodingFormat": "text/markdown"},
    )


def _profiles(catalogue: Catalogue) -> Sequence[Entity]:
    catalogue.add(WORKFLOW_PROFILE, "CreativeWork", name="ComputationalWorkflow", version="1.0")
    return [
        catalogue.add(identifier, "CreativeWork", name=name, version=identifier.rsplit("/")[-1])
        for identifier, name in PROFILES.items()
    ]


def _time(contents: Contents) -> str:
    newest = max(Path(path).stat().st_mtime for path in contents.held)
    return datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds")
