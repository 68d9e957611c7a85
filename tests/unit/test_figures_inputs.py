"""Networks and comparisons found in similarity files, and what figures say of them."""

import numpy as np
import pytest
from edited_files import edited_hdf5
from figure_files import LARGE, SMALL, removal_study, run_spec, study

from repatlas.data.spec import DataSpec
from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import COSINE, Network, Similarities
from repatlas.figures.labels import accuracy_text, cell_titles, fit_warning, scale_text, titles
from repatlas.figures.layers import block_of, chosen_layers, layer_axis, layers_drawn, reference_of
from repatlas.figures.probes import probe_name, probe_text
from repatlas.figures.spec import Cell, LayerChoice
from repatlas.networks.spec import NetworkSpec
from repatlas.similarity.block import Block
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import TrainingSpec


@pytest.fixture(scope="module")
def similarities():
    return Similarities.open(study()["similarity"])


def network(depth=14, seed=0, train=1.0, test=0.85, checkpoint="final", probe=None, **changes):
    return Network(
        run=run_spec(depth, seed=seed, **changes),
        checkpoint=checkpoint,
        train_accuracy=train,
        test_accuracy=test,
        kinds=np.array(["input", "relu", "conv", "relu", "linear"]),
        stages=np.array([0, 0, 1, 1, 0]),
        block_outputs=np.array([False, True, False, True, False]),
        shares=np.full(5, 0.3),
        probe=probe or {"count": 512},
        sample_hash="",
    )


def test_cell_finds_the_one_network(similarities):
    found = similarities.find(Cell(depth=LARGE, seed=1))
    assert (found.run.depth, found.run.seed) == (LARGE, 1)
    assert found.size == 7 * (LARGE - 2) // 2 + 9
    assert found.train_accuracy == 1.0


def test_cell_may_name_a_checkpoint(similarities):
    assert similarities.find(Cell(depth=LARGE, seed=1, checkpoint="final")).checkpoint == "final"
    with pytest.raises(InputError, match="checkpoint epoch-0003 is in none"):
        similarities.find(Cell(depth=LARGE, seed=1, checkpoint="epoch-0003"))


def test_cell_that_fits_two_networks_is_refused(similarities):
    with pytest.raises(InputError, match=rf"depth {LARGE} fits 2 networks; say which.*seed 1"):
        similarities.find(Cell(depth=LARGE))


def test_absent_network_is_told_with_what_is_there(similarities):
    with pytest.raises(InputError, match=r"depth 164 is in none of the --similarity files.*RN-26"):
        similarities.find(Cell(depth=164))


def test_network_is_found_on_each_of_its_probe_sets():
    files = removal_study()
    several = Similarities.open(files["similarity"])
    stores = Stores.open(files["stores"])
    whole, _, dominant, *_ = files["probes"]
    found = several.find_all([Cell(seed=0, probe=spec) for spec in (whole, dominant)])
    assert [item.probe_spec for item in found] == [whole, dominant]
    assert [len(stores.first_components(item, [3])[0]) for item in found] == [64, 58]
    with pytest.raises(InputError, match=r"seed 0 fits 5 networks; say which.*random 10 %"):
        several.find(Cell(seed=0))


def test_probe_set_is_compared_whole_with_its_defaults(similarities):
    given = {"batch_size": 64, "components": 3}
    assert similarities.find(Cell(depth=LARGE, seed=1, probe=given)).run.seed == 1
    with pytest.raises(InputError, match=r'depth 26, seed 1, probe {"batch_size":64} is in none'):
        similarities.find(Cell(depth=LARGE, seed=1, probe={"batch_size": 64}))


def test_comparison_can_be_asked_for_either_way(similarities):
    first, second = similarities.find_all([Cell(depth=LARGE, seed=0), Cell(depth=LARGE, seed=1)])
    one = similarities.values("cka_minibatch", first, second)
    other = similarities.values("cka_minibatch", second, first)
    np.testing.assert_array_equal(one, other.T)
    assert not np.array_equal(one, other)


def test_networks_that_no_file_compares(similarities):
    first, second = similarities.find_all([Cell(depth=LARGE, seed=0), Cell(depth=SMALL, seed=0)])
    with pytest.raises(InputError, match="none of the --similarity files compares RN-26 1x"):
        similarities.values(COSINE, first, second)


def test_measure_that_the_file_lacks(similarities):
    first = similarities.find(Cell(depth=LARGE, seed=0))
    with pytest.raises(InputError, match=r"holds no cka_exact; it holds: .*cka_minibatch"):
        similarities.values("cka_exact", first, first)


def test_files_of_other_samples_are_refused(tmp_path):
    other = tmp_path / "other.h5"
    other.write_bytes(study()["similarity"][0].read_bytes())
    with edited_hdf5(other) as file:
        file.attrs["sample_hash"] = "else"
    with pytest.raises(InputError, match="different samples of RN-8 1x"):
        Similarities.open([study()["similarity"][0], other])


def test_stores_give_the_components_of_their_network(similarities):
    stores = Stores.open(study()["stores"])
    found = similarities.find(Cell(depth=LARGE, seed=1))
    ids, (constant, component) = stores.first_components(found, [6, 40])
    assert len(ids) == len(component) == 64
    assert np.isnan(constant).all()
    assert np.linalg.norm(component) == pytest.approx(1, abs=1e-5)
    with pytest.raises(InputError, match="none of the --stores is about RN-26 1x"):
        Stores.open(study()["stores"][:1]).first_components(found, [0])


def test_planted_block_is_detected_and_absent_where_none_is(similarities):
    large, small = similarities.find_all([Cell(depth=LARGE, seed=0), Cell(depth=SMALL, seed=0)])
    block = block_of(similarities, large, "cka_minibatch")
    assert len(block.outputs) == 10
    assert block.last == np.flatnonzero(large.block_outputs)[-1]
    assert block_of(similarities, small, "cka_minibatch") is None


def test_block_is_that_of_cka_whatever_is_drawn(similarities):
    large = similarities.find(Cell(depth=LARGE, seed=0))
    expected = block_of(similarities, large, "cka_minibatch")
    for measure in ("cka_without_component", "component_cosine"):
        assert block_of(similarities, large, measure) == expected


def test_layer_by_which_images_are_ranked_is_the_middle_of_the_block(similarities):
    large, small = similarities.find_all([Cell(depth=LARGE, seed=0), Cell(depth=SMALL, seed=0)])
    block = block_of(similarities, large, "cka_minibatch")
    assert reference_of(similarities, large, "cka_minibatch") == block.quantile(0.5)
    outputs = np.flatnonzero(small.block_outputs)
    assert reference_of(similarities, small, "cka_minibatch") == outputs[len(outputs) // 2]


def test_sets_of_layers():
    own = network()
    assert layers_drawn(own, "all").tolist() == [0, 1, 2, 3, 4]
    assert layers_drawn(own, "relu").tolist() == [1, 3]
    assert layers_drawn(own, "block_output").tolist() == [1, 3]
    plain = Network(**{**vars(own), "kinds": np.full(5, "conv")})
    with pytest.raises(InputError, match="no layer of the set relu"):
        layers_drawn(plain, "relu")


def test_axis_places_stages_and_block_among_the_drawn_layers():
    own = network()
    every = layer_axis(own, layers_drawn(own, "all"), Block((1, 3)))
    assert every.borders == (1.5, 3.5)
    assert every.block == (0.5, 3.5)
    outputs = layer_axis(own, layers_drawn(own, "block_output"), Block((3,)))
    assert outputs.borders == (0.5,)
    assert outputs.block == (0.5, 1.5)
    assert layer_axis(own, np.array([0, 4]), Block((1, 3))).block is None


def test_layers_are_chosen_by_index_depth_and_block(similarities):
    large = similarities.find(Cell(depth=LARGE, seed=0))
    outputs = np.flatnonzero(large.block_outputs).tolist()
    by = {
        name: LayerChoice(**{name: (0.0, 1.0)}) for name in ("depth_fractions", "block_quantiles")
    }
    block = Block(tuple(outputs[4:9]))
    assert chosen_layers(large, LayerChoice(indices=(7, 3)), block) == [7, 3]
    assert chosen_layers(large, by["depth_fractions"], block) == [outputs[0], outputs[-1]]
    assert chosen_layers(large, by["block_quantiles"], block) == [outputs[4], outputs[8]]
    assert chosen_layers(large, by["block_quantiles"], None) == [outputs[0], outputs[-1]]
    with pytest.raises(InputError, match=r"999 is no layer of RN-26 1x.*0 to 92"):
        chosen_layers(large, LayerChoice(indices=(999,)), block)


def test_network_without_block_outputs_needs_indices():
    plain = Network(**{**vars(network()), "block_outputs": np.zeros(5, dtype=bool)})
    with pytest.raises(InputError, match="no block outputs: choose layers by indices"):
        chosen_layers(plain, LayerChoice(depth_fractions=(0.5,)), None)


def test_titles_say_only_what_tells_networks_apart():
    assert titles([network(14), network(20)]) == ["RN-14 1x", "RN-20 1x"]
    assert titles([network(seed=0), network(seed=1), network(20)]) == [
        "RN-14 1x, seed 0",
        "RN-14 1x, seed 1",
        "RN-20 1x",
    ]
    assert titles([network(order=0), network(order=5)]) == [
        "RN-14 1x, order 0",
        "RN-14 1x, order 5",
    ]
    assert titles([network(), network(checkpoint="epoch-0002")]) == [
        "RN-14 1x, final",
        "RN-14 1x, epoch-0002",
    ]
    assert titles([network(), network(data="cifar10")])[1] == "RN-14 1x, cifar10"
    removal = {"without": {"probe": "test", "images": "matched", "fraction": 0.1}}
    assert titles([network(), network(probe=removal)]) == [
        "RN-14 1x, test images",
        "RN-14 1x, no norm-matched 10 %",
    ]


def test_name_of_a_cell_is_its_title():
    cells = (Cell(seed=0, name="standard"), Cell(seed=1))
    assert cell_titles([network(), network(seed=1)], cells) == ["standard", "RN-14 1x, seed 1"]


def test_accuracies_in_words():
    assert accuracy_text(network(train=0.9996, test=0.8512)) == "train 100.0 · test 85.1 %"
    assert accuracy_text(network(), network(train=np.nan)) == "train 100.0 / ? · test 85.0 / 85.0 %"


def test_warning_of_networks_that_did_not_fit():
    assert fit_warning([network(train=0.95)], 0.95) is None
    assert fit_warning([network(), network(train=0.94)], 0.95) == "did not fit"
    assert fit_warning([network(train=np.nan)], 0.95) == "fit unknown"


def test_scale_in_words():
    one = network()
    assert scale_text([one, network(20)]) == (
        "photos, 16 x 16 px, 1,000 training images, 40 epochs. Compared on 512 test images."
    )
    imported = network(
        depth=0,
        width=0,
        data="own",
        data_spec=DataSpec(source="tree", root="x", train=0.0625),
        network_spec=NetworkSpec(import_="torchvision:resnet18"),
        training_spec=TrainingSpec(epochs=0, warmup_epochs=0),
        probe={"split": "train", "batch_norm": "batch", "data": "photos"},
    )
    assert scale_text([imported]) == (
        "own, 0.0625 of all training images, weights as given. Compared on all train images of "
        "photos, batch-norm statistics of each batch."
    )


@pytest.mark.parametrize(
    ("spec", "told", "name"),
    [
        ({}, "all test images", "test images"),
        ({"count": 512, "data": "digits"}, "512 test images of digits", "digits"),
        (
            {"without": {"probe": "test", "images": "dominant", "fraction": 0.01}},
            "all test images without the dominant 1 %",
            "no dominant 1 %",
        ),
        (
            {"corruption": "gaussian_blur", "severity": 4},
            "all test images, gaussian blur 4",
            "gaussian blur 4",
        ),
        ({"corruption": "noise_only"}, "all test images, replaced by noise", "replaced by noise"),
    ],
)
def test_probe_sets_in_words(spec, told, name):
    assert probe_text(ProbeSpec(**spec)) == told
    assert probe_name(ProbeSpec(**spec)) == name
