import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from store_samples import split

from repatlas.data.dataset import Dataset, write_dataset
from repatlas.data.spec import DataSpec
from repatlas.errors import InputError
from repatlas.store.probe import choose, make_probe, read_probe, sample_hash
from repatlas.store.spec import ProbeSpec, parse_probe


def ids(count):
    return np.array([f"test/{i:05d}" for i in range(count)])


@given(st.lists(st.integers(0, 4), min_size=4, max_size=60), st.data())
def test_classes_have_equal_parts_as_far_as_they_reach(labels, data):
    labels = np.array(labels)
    count = data.draw(st.integers(1, len(labels)))
    chosen = choose(labels, ids(len(labels)), count)
    assert len(set(chosen.tolist())) == count
    available = np.bincount(labels)
    taken = np.bincount(labels[chosen], minlength=len(available))
    short = taken < taken.max() - 1
    assert (taken[short] == available[short]).all()


@given(st.lists(st.integers(0, 3), min_size=4, max_size=40), st.integers(0, 2**32 - 1))
def test_choice_does_not_depend_on_the_order_of_the_data(labels, seed):
    labels, names = np.array(labels), ids(len(labels))
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    chosen = names[choose(labels, names, 4)]
    again = names[shuffled][choose(labels[shuffled], names[shuffled], 4)]
    assert chosen.tolist() == again.tolist()


def test_smaller_probe_set_lies_within_a_larger_one_in_its_order():
    labels, names = np.arange(300) % 7, ids(300)
    small, large = choose(labels, names, 50).tolist(), choose(labels, names, 200).tolist()
    assert [index for index in large if index in small] == small


def test_batches_mix_the_classes():
    labels = np.repeat(np.arange(10), 100)
    order = choose(labels, ids(1000), 1000)
    first = np.bincount(labels[order[:250]], minlength=10)
    assert first.min() >= 10
    assert first.max() <= 45


def test_probe_carries_images_labels_and_ids_together():
    data = split(30)
    probe = make_probe(data, ProbeSpec(count=12), "toy", "f", ("a", "b", "c"))
    place = {name: i for i, name in enumerate(data.ids.tolist())}
    rows = [place[name] for name in probe.ids.tolist()]
    np.testing.assert_array_equal(probe.images, data.images[rows])
    np.testing.assert_array_equal(probe.labels, data.labels[rows])
    assert np.bincount(probe.labels).tolist() == [4, 4, 4]


def test_more_than_there_are_is_refused():
    with pytest.raises(InputError, match="probe count 31: the test images of data 'toy' are 30"):
        make_probe(split(30), ProbeSpec(count=31), "toy", "f", ("a", "b", "c"))
    with pytest.raises(InputError, match="are 3: CKA needs 4 or more"):
        make_probe(split(3), ProbeSpec(), "toy", "f", ("a", "b", "c"))


def test_hash_tells_order_and_borders_of_ids():
    assert sample_hash(["a", "b"]) != sample_hash(["b", "a"])
    assert sample_hash(["ab", "c"]) != sample_hash(["a", "bc"])


def test_hash_tells_corruption_and_severity():
    specs = [
        ProbeSpec(),
        *(ProbeSpec(corruption=name) for name in ("contrast", "brightness", "noise_only")),
        ProbeSpec(corruption="contrast", severity=5),
    ]
    probes = [make_probe(split(30), spec, "toy", "f", ("a", "b", "c")) for spec in specs]
    assert len({probe.sample_hash for probe in probes}) == len(specs)
    assert probes[0].sample_hash == sample_hash(probes[0].ids.tolist())
    plain, severe = probes[0], probes[-1]
    assert plain.ids.tolist() == severe.ids.tolist()
    assert severe.images.std(axis=(2, 3)).max() < plain.images.std(axis=(2, 3)).min()


def test_severity_of_pure_noise_makes_no_difference():
    weak, strong = (
        make_probe(split(30), ProbeSpec(corruption="noise_only", severity=s), "toy", "f", ("a",))
        for s in (1, 5)
    )
    assert weak.sample_hash == strong.sample_hash
    np.testing.assert_array_equal(weak.images, strong.images)


def test_image_has_the_same_noise_in_a_larger_probe_set():
    small, large = (
        make_probe(split(30), ProbeSpec(corruption="gaussian_noise", count=n), "toy", "f", ("a",))
        for n in (12, 30)
    )
    place = {name: row for row, name in enumerate(large.ids.tolist())}
    rows = [place[name] for name in small.ids.tolist()]
    np.testing.assert_array_equal(small.images, large.images[rows])


def test_reads_the_asked_split_of_a_data_set(tmp_path):
    train, test = split(20, seed=1), split(12, seed=2)
    for part in (train, test):
        part.statistics["brightness"] = np.zeros(len(part), np.float32)
    dataset = Dataset("toy", DataSpec(), ("a", "b", "c"), train, test)
    write_dataset(dataset, tmp_path / "data.h5")
    probe = read_probe(tmp_path / "data.h5", ProbeSpec(split="train", raw_layers=("x",)))
    assert sorted(probe.ids.tolist()) == sorted(train.ids.tolist())
    assert probe.data == "toy"
    assert probe.data_fingerprint == dataset.fingerprint
    assert probe.classes == ("a", "b", "c")
    assert probe.raw_count == 20


def test_spec_survives_json_and_refuses_what_it_does_not_know():
    spec = ProbeSpec(count=512, components=3, raw_layers=("stage1.block1.relu2",), raw_count=9)
    assert parse_probe(spec.model_dump_json()) == spec
    with pytest.raises(ValidationError, match="Extra inputs"):
        ProbeSpec(counts=3)
    with pytest.raises(InputError, match=r"probe, batch_size: .*greater than or equal to 4"):
        parse_probe('{"batch_size": 3}')
    with pytest.raises(InputError, match="probe, as a whole: Invalid JSON"):
        parse_probe("{")


def test_exact_and_stream_exclude_each_other():
    with pytest.raises(InputError, match="exact needs all images at once and stream never holds"):
        parse_probe('{"exact": true, "stream": true}')
    with pytest.raises(InputError, match="raw_count has no effect without raw_layers"):
        parse_probe('{"raw_count": 4}')


def test_every_field_is_described():
    assert all(field.description for field in ProbeSpec.model_fields.values())
