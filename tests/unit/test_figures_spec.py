"""Layouts: what a figure is told."""

import importlib
import pkgutil

import pytest
from pydantic import ValidationError

from repatlas.errors import InputError
from repatlas.figures import layouts
from repatlas.figures.spec import (
    Cell,
    EmergenceLayout,
    EmergenceRow,
    LayerChoice,
    Layout,
    ProjectionsLayout,
    ShareLayout,
    read_layout,
)

for found in pkgutil.iter_modules(layouts.__path__, f"{layouts.__name__}."):
    importlib.import_module(found.name)
LAYOUTS = tuple(Layout.__subclasses__())


def test_layouts_survive_json():
    layout = EmergenceLayout(rows=(EmergenceRow(title="deeper", cells=(Cell(depth=14),)),))
    assert read_layout(layout.model_dump_json(), EmergenceLayout) == layout
    projections = ProjectionsLayout(
        cells=(Cell(depth=14, seed=1),), layers=LayerChoice(indices=(1, 2))
    )
    assert read_layout(projections.model_dump_json(), ProjectionsLayout) == projections


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_field_is_described(layout):
    assert all(field.description for field in layout.model_fields.values())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"cells": [{"dept": 14}]}', "cells.0.dept"),
        ('{"cells": []}', "cells"),
        ('{"cells": [{}], "layer": "all"}', "allowed keys: measure"),
        ('{"cells": [{}], "layers": "most"}', "layers"),
        ("{", "Invalid JSON"),
    ],
)
def test_faults_are_told_in_one_line(text, told):
    with pytest.raises(InputError) as caught:
        read_layout(text, ShareLayout)
    message = str(caught.value)
    assert told in message
    assert message.startswith("--layout: ")
    assert "\n" not in message


def test_number_of_faults_is_told():
    with pytest.raises(InputError, match="and 1 more"):
        read_layout('{"cells": [], "layers": "most"}', ShareLayout)


@pytest.mark.parametrize(
    "ways", [{}, {"indices": (1,), "depth_fractions": (0.5,)}, {"block_quantiles": (1.5,)}]
)
def test_layers_are_chosen_in_exactly_one_way(ways):
    with pytest.raises(ValidationError, match="layers:"):
        LayerChoice(**ways)


def test_count_of_layers():
    assert LayerChoice(indices=(0,)).count == 1
    assert LayerChoice(block_quantiles=(0.0, 0.5, 1.0)).count == 3


def test_cell_in_words():
    assert Cell(depth=14, seed=0).told() == "depth 14, seed 0"
    assert Cell(name="standard").told() == "any network"
    assert Cell(seed=0, probe={"count": 8}).told() == 'seed 0, probe {"count":8}'
