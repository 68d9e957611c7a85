"""The figure of image statistics, from stand-ins whose dominant images have one colour."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_files import LARGE, SMALL, study

from repatlas.data.dataset import read_dataset
from repatlas.data.image_statistics import read_image_statistics
from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.regressions import CHOICES
from repatlas.figures.block_structure.statistics import draw_statistics
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.statistics import StatisticsLayout
from repatlas.figures.spec import Cell
from repatlas.similarity.image_regression import (
    STATISTICS,
    folds_of,
    held_out_r2,
    image_features,
    log_projection,
)
from repatlas.store.reader import ActivationStore

CELLS = tuple(Cell(depth=depth, seed=seed) for depth in (LARGE, SMALL) for seed in (0, 1))


@pytest.fixture(scope="module")
def opened():
    files = study()
    return Similarities.open(files["similarity"]), Stores.open(files["stores"]), files["data"]


@pytest.fixture(scope="module")
def drawn(opened):
    layout = StatisticsLayout(cells=CELLS, scatters=CELLS[:3], draws=3)
    return draw_statistics(*opened, layout)


def fits(table, network):
    rows = table[(table["quantity"] == "held_out_r2_magnitude") & (table["title"] == network)]
    return rows.set_index("statistic")["value"]


def test_figure_has_fits_and_images(drawn):
    figure, table = drawn
    check_figure(figure)
    text = said(figure)
    assert "RN-8 1x (1 did not fit)" in text
    assert "predicted from" in text
    assert fits(table, "RN-8 1x, seed 1").index.tolist() == list(CHOICES)
    assert (table["quantity"] == "predicted_magnitude").sum() == 3 * 64


def test_colour_explains_what_it_was_planted_to_explain(drawn):
    _, table = drawn
    null = table[table["quantity"] == "null_high"]["value"]
    assert fits(table, "RN-26 1x, seed 0")["border_color"] > 0.5 > 0.3 > null.max()


def test_table_holds_the_fits_at_the_reference_layer(opened, drawn):
    _, table = drawn
    rows = table[(table["quantity"] == "magnitude") & (table["panel"] == "c")]
    layer = int(rows["x"].iloc[0])
    with ActivationStore(study()["stores"][2]) as store:
        target = log_projection(store.component_vectors[layer, 0])
        ids = store.ids
    np.testing.assert_allclose(rows["value"], target)
    np.testing.assert_array_equal(rows["sample"], ids)
    features = image_features(read_image_statistics(opened[2], STATISTICS, ids), ("brightness",))
    expected = held_out_r2(target, features, folds_of(ids))
    assert fits(table, "RN-26 1x, seed 0")["brightness"] == pytest.approx(expected)


def test_figure_without_single_images(opened):
    figure, _ = draw_statistics(*opened, StatisticsLayout(cells=CELLS[:1], draws=2))
    check_figure(figure)


def test_statistics_are_read_in_the_order_of_the_ids():
    data = read_dataset(study()["data"])
    ids = np.concatenate([data.test.ids[[5, 2]], data.train.ids[[7]]])
    found = read_image_statistics(study()["data"], ("mean_color", "contrast"), ids)
    assert found["contrast"].shape == (3, 1)
    np.testing.assert_array_equal(found["mean_color"][1], data.test.statistics["mean_color"][2])
    np.testing.assert_array_equal(found["mean_color"][2], data.train.statistics["mean_color"][7])


def test_absent_image_or_statistic_is_said():
    ids = read_dataset(study()["data"]).test.ids
    with pytest.raises(InputError, match="holds no image 'test/nowhere'"):
        read_image_statistics(study()["data"], ("contrast",), np.array([ids[0], "test/nowhere"]))
    with pytest.raises(InputError, match="holds no entropy"):
        read_image_statistics(study()["data"], ("entropy",), ids)
