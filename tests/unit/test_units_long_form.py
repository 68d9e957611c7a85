import numpy as np

from repatlas.units.long_form import stacked


def test_parts_stand_under_each_other_and_single_values_in_every_row():
    found = stacked(
        [
            {"layer": "conv1", "unit": np.arange(3), "value": [0.5, np.nan, 2]},
            {"layer": "fc1 and more", "unit": [7], "value": 1.0},
        ]
    )
    assert list(found) == ["layer", "unit", "value"]
    assert found["layer"].tolist() == ["conv1"] * 3 + ["fc1 and more"]
    assert found["unit"].tolist() == [0, 1, 2, 7]
    np.testing.assert_array_equal(found["value"], [0.5, np.nan, 2, 1])
