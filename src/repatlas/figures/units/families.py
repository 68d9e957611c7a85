"""How well families of maps align the units of networks, by layer (Kapoor et al. 2025)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.inputs import Network
from repatlas.figures.labels import titles
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import letters
from repatlas.figures.style import styled
from repatlas.figures.units.group import Group, require_same_runs
from repatlas.figures.units.named_panels import NamedPanels
from repatlas.figures.units.scores import (
    FAMILIES,
    SCORE,
    PairNumbers,
    draw_family,
    family_handle,
    known_families,
    pair_handle,
    pair_rows,
    pair_scores,
    recorded_layers,
    share_scale,
)
from repatlas.figures.units.tables import accuracy_rows
from repatlas.units.results import Alignments

ACROSS = 3
"""Panels in a line at most."""
NOTE = (
    "Maps are found on one half of the images and scored on the other; mean over live units. "
    "Shuffled images: the second network saw other images."
)


@styled
def draw_families(
    alignments: Alignments,
    untrained: Alignments,
    widths: Alignments | None,
    layout: UnitsLayout,
) -> tuple[Figure, pd.DataFrame]:
    """One panel a kind of pairs of networks; in it a line a family, a dot a pair.

    Parameters
    ----------
    alignments, untrained
        Of one group of networks, trained and at their initialisation.
    widths
        Of networks of several widths; None: no panels of them.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``kind`` (title of the panel) and
        ``measure``. Quantities are ``score``, ``mean_score`` (over pairs) and accuracies.

    Raises
    ------
    InputError
        A layer is absent, or the first two files are not about the same networks.
    """
    require_same_runs(alignments, [untrained], "untrained")
    layers = recorded_layers(alignments, layout)
    group = Group.of(alignments.subjects)
    kinds = list(_kinds(group, alignments, untrained, layers))
    label, networks = group.label, dict(zip(group.names, group.networks, strict=True))
    if widths is not None:
        others = Group.of(widths.subjects)
        kinds += _kinds_of_widths(others, widths, layers, group.networks[0].run.label)
        label, networks = "", _named([*group.networks, *others.networks])
    shown = [name for name in FAMILIES if any(name in kind.scores for kind in kinds)]
    handles = [*map(family_handle, shown), pair_handle()]
    page = NamedPanels(len(kinds), ACROSS, layers, label, networks, handles, layout)
    parts, drawn = [accuracy_rows(list(networks.values()), list(networks))], []
    for number, (letter, kind) in enumerate(zip(letters(), kinds, strict=False)):
        drawn.append(page.axes(number, letter, kind.title))
        if page.grid.is_first_of_line(number):
            drawn[-1].set_ylabel(SCORE)
        parts.append(_draw_kind(drawn[-1], letter, kind))
    share_scale(drawn)
    return page.finish(NOTE), pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, eq=False)
class _Kind:
    """A kind of pairs of networks: its title, its networks, and the scores of each family."""

    title: str
    group: Group
    scores: dict[str, PairNumbers]


def _named(networks: Sequence[Network]) -> dict[str, Network]:
    """Networks by titles that tell all of them apart, each once."""
    single = list({network.identity: network for network in networks}.values())
    return dict(zip(titles(single), single, strict=True))


def _kinds(
    group: Group, alignments: Alignments, untrained: Alignments, layers: Sequence[str]
) -> Iterator[_Kind]:
    families = known_families([alignments])
    for title, record, variant in (
        ("trained networks", alignments, "native"),
        ("untrained networks", untrained, "native"),
        ("trained, shuffled images", alignments, "shuffled"),
    ):
        scores = {name: pair_scores(record, layers, name, variant) for name in families}
        yield _Kind(title, group, scores)


def _kinds_of_widths(
    group: Group, record: Alignments, layers: Sequence[str], known: str
) -> Iterator[_Kind]:
    """Pairs from one width to another, and of every width but the known one of other panels."""
    labels = [network.run.label for network in group.networks]
    every = {name: pair_scores(record, layers, name) for name in known_families([record])}
    pairs = next(iter(every.values())).columns.to_frame().itertuples(index=False)
    told = [(labels[first], labels[second]) for first, second in pairs]
    for one, other in dict.fromkeys(told):
        if one == other == known:
            continue
        own = [kind == (one, other) for kind in told]
        scores = {name: numbers.loc[:, own] for name, numbers in every.items()}
        title = one if one == other else f"{one} to {other}"
        yield _Kind(
            title,
            group,
            {name: numbers for name, numbers in scores.items() if numbers.notna().any(axis=None)},
        )


def _draw_kind(axes: Axes, letter: str, kind: _Kind) -> pd.DataFrame:
    """Draw a panel; give the rows of its table."""
    parts = []
    for name, scores in kind.scores.items():
        draw_family(axes, scores, name)
        rows = pair_rows(letter, "score", scores, kind.group)
        parts.append(rows.assign(kind=kind.title, measure=name))
    return pd.concat(parts, ignore_index=True)
