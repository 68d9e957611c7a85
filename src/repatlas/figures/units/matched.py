"""The rows of a record of matches that a figure shows."""

from dataclasses import fields

import pandas as pd

from repatlas.figures.units.group import Pair
from repatlas.records import HEADER_FIELDS
from repatlas.units.results import Matching


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
