"""Sections on followed networks that do not fit are refused in one line."""

import pytest
from changed_study import changed

from repatlas.config.load import parse_study
from repatlas.config.universality import UniversalitySpec
from repatlas.errors import InputError


def changed_part(path, value):
    """The laptop study with one value under `universality` replaced."""
    return changed(f"universality.{path}", value)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("layered", ["defalt"], ["universality.layered", "'defalt'", "'default'"]),
        ("grids.default.rates", "tan", ["grids.default.rates", "'tan'", "'tanh'"]),
        (
            "grids.default.learner.gain",
            0.8,
            ["grids.default.learner.gain", "0.8", "0.9", "default"],
        ),
        ("grids.tanh.seed", 3, ["grids.tanh.seed", "shares seeds with tanh", "write 8"]),
        ("xor.relu.rates", "nothing", ["xor.relu.rates", "'nothing'"]),
        ("images.digits.data", "small_digit", ["images.digits.data", "'small_digits'"]),
        (
            "trajectories.default.points.target_squares",
            [0.5, 1.0],
            ["trajectories.default.points", "2 pairs", "grids"],
        ),
        (
            "laws.default.points.target_squares",
            [0.0, 1.0],
            ["laws.default.points.target_squares", "above 0"],
        ),
        ("laws.default.points.target_squares", [1.0], ["laws.default", "two or more"]),
        (
            "merging.narrow.points.target_squares",
            [0.5],
            ["merging.narrow.points.target_squares", "0.5", "[0]"],
        ),
        ("trajectories.default.learner.layer", 10, ["trajectories.default", "layer: 10"]),
        ("trajectories", {}, ["universality.trajectories", "at least 1"]),
        ("grid", {}, ["universality.grid", "unknown key", "'grids'"]),
    ],
)
def test_parts_that_do_not_fit_are_refused_in_one_line(path, value, expected):
    with pytest.raises(InputError) as caught:
        parse_study(changed_part(path, value))
    message = str(caught.value)
    assert "\n" not in message
    for part in expected:
        assert part in message, f"{part!r} not in: {message}"


def test_grids_may_learn_at_another_rate():
    study = parse_study(changed_part("grids.default.learner.learning_rate", 0.002))
    assert study.universality.grids["default"].learner.learning_rate == 0.002


def test_every_key_is_described():
    for name, field in UniversalitySpec.model_fields.items():
        assert field.description, name
