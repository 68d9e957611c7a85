"""Records by the network and the probe set that they are about."""

import pytest
from figure_files import LARGE, records, removal_study

from repatlas.errors import InputError
from repatlas.figures.records import Records
from repatlas.figures.spec import Cell
from repatlas.similarity.measures import Measures, Outliers


@pytest.fixture(scope="module")
def opened():
    return Records.open(records()["measures"], Measures)


def test_record_is_found_by_its_probe_set(opened):
    whole, dominant, *_ = (removal_study()["probes"][number] for number in (0, 2, 3))
    first = opened.find(Cell(depth=LARGE, seed=0, probe=whole))
    second = opened.find(Cell(depth=LARGE, seed=0, probe=dominant))
    assert first.subject.probe == whole.model_dump(mode="json")
    assert second.subject.probe["without"] == dominant.without.model_dump()
    assert first.of("cka_linear").shape == (13, 13)


def test_cell_that_fits_two_records_is_refused(opened):
    with pytest.raises(InputError, match=r"fits 3 of the --measures files; say which") as caught:
        opened.find(Cell(depth=LARGE))
    assert "without the random 10 %" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_absent_record_is_told_with_what_is_there(opened):
    with pytest.raises(InputError, match=r"depth 164 is in none of the --measures files.*RN-26"):
        opened.find(Cell(depth=164))


def test_two_records_about_one_network_are_refused(tmp_path):
    copy = tmp_path / "copy.h5"
    copy.write_bytes(records()["measures"][0].read_bytes())
    with pytest.raises(InputError, match="are both about RN-26 1x"):
        Records.open([records()["measures"][0], copy], Measures)


def test_records_of_another_kind_are_refused():
    with pytest.raises(InputError, match=r"holds repatlas\.measures"):
        Records.open(records()["measures"], Outliers)


def test_network_of_a_record_is_described_by_its_header(opened):
    network = opened.network(Cell(probe=removal_study()["probes"][0]))
    assert (network.run.depth, network.train_accuracy, network.test_accuracy) == (LARGE, 1.0, 0.85)
    assert network.block_outputs.sum() == 13
