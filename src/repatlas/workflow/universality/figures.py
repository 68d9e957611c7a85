"""Figures on followed networks: the paper's, and those beyond it."""

from collections.abc import Iterator, Mapping

from repatlas.config.universality import UniversalitySpec
from repatlas.figures.layouts.universality import SHALLOW, UniversalityLayout
from repatlas.workflow.figure_plan import FigurePlan, plan_figure
from repatlas.workflow.universality.files import COMPARED, DynamicsFiles


def figure_plans(files: DynamicsFiles, paper: str) -> Iterator[FigurePlan]:
    """Every figure for which the study has networks.

    Parameters
    ----------
    files
        What the study makes.
    paper
        Name of the folder of the figures.
    """
    layout = UniversalityLayout(titles=_titles(files.spec))
    for name, number, shows, kind, inputs in (*_pairs(files), *_tasks(files), *_beyond(files)):
        given = {option: named for option, named in inputs.items() if named}
        if len(given) == len(inputs):
            stem = files.paths.figure(paper, name)
            yield plan_figure(stem, number, shows, f"universality_{kind}", layout, given)


_Draft = tuple[str, str, str, str, Mapping[str, list[str]]]
"""Name, number in the paper, what is shown, kind of script, files by option; a figure with an
option that has no files is not drawn."""


def _pairs(files: DynamicsFiles) -> Iterator[_Draft]:
    """Figures of two points. Numbers of the paper are inferred from its notebooks."""
    fits = list(files.fits.values())
    both = {"trajectories": list(files.trajectories.values()), "fits": fits}
    yield (
        "universal1_trajectories",
        "Fig 2, 3",
        "two points parting, networks and theory",
        "trajectories",
        both,
    )
    yield "universal2_losses", "Fig 2, 3", "loss, networks and theory", "losses", both
    yield (
        "universal3_distances",
        "Fig 4",
        "final distances of other pairs, foretold and measured",
        "distances",
        {"distances": list(files.distances.values())},
    )
    yield (
        "universal4_layers",
        "Fig 6",
        "error of the theory and rates, layer by layer",
        "layers",
        {"fits": files.layered},
    )
    yield (
        "universal5_altered",
        "altered equations",
        "theory with one term changed",
        "altered",
        {"fits": fits},
    )


def _tasks(files: DynamicsFiles) -> Iterator[_Draft]:
    """Figures of tasks with more than two points."""
    for name, path in list(files.xor.items())[:1]:
        rates = files.fits[files.spec.xor[name].rates]
        inputs = {"pairs": [path], "fits": [rates]}
        yield "universal6_xor", "Fig 5", "distances of exclusive or", "xor", inputs
    context = {"embedding": _listed(files.context)}
    yield "universal7_context", "Fig 8", "features that a context makes useless", "context", context
    for name in list(files.pairs)[:1]:
        yield (
            "universal8_pair",
            "Fig 7",
            "two images parting while a network learns all of them",
            "pair",
            {"trajectories": [files.pairs[name]], "fits": [files.pair_fits[name]]},
        )
        classes = {"classes": [files.classes[name]]}
        yield "universal9_classes", "Fig 7", "distances of classes", "classes", classes


def _beyond(files: DynamicsFiles) -> Iterator[_Draft]:
    """Figures beyond the paper."""
    trajectories, fits = list(files.trajectories.values()), list(files.fits.values())
    both = {"trajectories": trajectories, "fits": fits}
    yield "beyond_lines", "beyond", "a straight line that needs no fit", "lines", both
    yield (
        "beyond_geometry",
        "beyond",
        "agreement of distances between networks",
        "geometry",
        {"geometry": _listed(files.geometry), "pairs": list(files.xor.values())},
    )
    yield (
        "beyond_exponents",
        "beyond",
        "how distances and learning times depend on the target",
        "exponents",
        {"law": list(files.laws.values())},
    )
    yield (
        "beyond_merging",
        "beyond",
        "two points with the same target",
        "merging",
        {"trajectories": list(files.merging.values())},
    )
    yield (
        "beyond_curvature",
        "beyond",
        "whether maps between points are straight",
        "curvature",
        both,
    )
    yield (
        "beyond_shallow",
        "beyond",
        "whether networks with one hidden layer act alike",
        "shallow",
        {"pairs": _shallow(files)},
    )


def _shallow(files: DynamicsFiles) -> list[str]:
    """Distances of networks of exclusive or with a shallow setting, if several have one."""
    learners = {name: network.learners for name, network in files.spec.xor.items()}
    found = [path for name, path in files.xor.items() if SHALLOW in learners[name]]
    return found if len(found) >= COMPARED else []


def _titles(spec: UniversalitySpec) -> dict[str, str]:
    """Titles of networks that are named by their initial weights, with the decimal point."""
    networks = spec.trajectories | spec.grids
    return {
        name: f"gain {network.learner.gain:g}"
        for name, network in networks.items()
        if name.startswith("gain_")
    }


def _listed(path: str | None) -> list[str]:
    return [] if path is None else [path]
