"""The rows of a record of matches that a figure shows, and what they say of pairs of networks."""

from collections.abc import Sequence
from dataclasses import fields

import pandas as pd

from repatlas.figures.units.group import Pair
from repatlas.records import HEADER_FIELDS
from repatlas.units.results import Matching

PAIR = ["layer", "first", "second"]
UNIT = [*PAIR, "unit"]


def matches_table(record: Matching) -> pd.DataFrame:
    """A row a unit and other network, with the items of `repatlas.units.results.Matching`."""
    names = [item.name for item in fields(record) if item.name not in HEADER_FIELDS]
    return pd.DataFrame({name: getattr(record, name) for name in names})


def layer_titles(table: pd.DataFrame) -> list[str]:
    """Layers of the table, input to output."""
    return list(dict.fromkeys(table["layer"]))


def chosen(table: pd.DataFrame, **values: object) -> pd.DataFrame:
    """Rows that have the given value in each named column, in their order."""
    for name, value in values.items():
        table = table[table[name] == value]
    return table


def of_pair(
    table: pd.DataFrame, pair: Pair, layer: str, criterion: str = "correlation", fold: str = "all"
) -> pd.DataFrame:
    """Rows of the units of the first network of a pair, matched in the second, by unit."""
    rows = chosen(table, layer=layer, criterion=criterion, fold=fold)
    return chosen(rows, first=pair.first, second=pair.second).sort_values("unit")


SERIES = {
    "greedy_value": "greedy",
    "matched_value": "matched",
    "greedy_heldout": "greedy_heldout",
    "matched_heldout": "matched_heldout",
    "greedy_shuffled": "shuffled",
    "same": "same",
}
"""Columns of matches, with their names as series."""


def match_series(table: pd.DataFrame) -> pd.DataFrame:
    """Correlations of live units with their matches, in long form.

    Returns
    -------
    DataFrame
        Columns layer, first, second, unit, series, value. Series are ``greedy`` and ``matched``
        (over all images), ``greedy_heldout`` and ``matched_heldout`` (of the matches found on
        either half of the images, averaged over both), ``shuffled`` (greedy, the second network
        seeing other images) and ``same`` (1 for a unit that keeps its greedy match where each
        unit is used once, else 0).
    """
    live = chosen(table, criterion="correlation", dead=False)
    held = ["greedy_heldout", "matched_heldout"]
    halves = live[live["fold"] != "all"].groupby(UNIT)[held].mean().reset_index()
    whole = chosen(live, fold="all").drop(columns=held)
    whole = whole.assign(same=(whole["greedy"] == whole["matched"]).astype(float))
    values = whole.merge(halves, on=UNIT, how="left")[[*UNIT, *SERIES]]
    return values.rename(columns=SERIES).melt(id_vars=UNIT, var_name="series")


def pair_means(series: pd.DataFrame, name: str, layers: Sequence[str]) -> pd.DataFrame:
    """(L, P) mean over units of a series, a row a layer, a column an ordered pair of networks."""
    means = chosen(series, series=name).groupby(PAIR)["value"].mean()
    return means.unstack(["first", "second"]).reindex(list(layers))
