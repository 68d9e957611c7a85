import pytest

from repatlas.config.laptop import DEEP, laptop
from repatlas.config.load import parse_study
from repatlas.errors import InputError


def broken(path: str, value: object) -> dict:
    study = laptop().model_dump(mode="json", by_alias=True)
    *parents, last = path.split(".")
    here = study
    for part in parents:
        here = here[part]
    here[last] = value
    return study


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("training.transfer.start.data", "digit", ["start.data", "'digit'", "'digits'"]),
        ("training.transfer.start.training", "none", ["start.training", "'none'", "standard"]),
        ("training.transfer.start.training", "removed", ["start.training", "another run"]),
        ("training.removed.edit.training", "transfer", ["edit.training", "another run"]),
        ("training.removed.edit.probe", "trian", ["edit.probe", "'trian'", "'train'"]),
        ("training.removed.edit.probe", "test", ["edit.probe", "test", "split: train"]),
        ("probes.dominant_10.without.probe", "tset", ["without.probe", "'tset'", "'test'"]),
        ("probes.dominant_10.without.probe", "dominant_1", ["without.probe", "itself"]),
        ("probes.dominant_10.count", 256, ["probes.dominant_10.count", "256", "test", "same"]),
        ("block_structure.removal.random_10", "corrupted", ["removal.random_10", "without"]),
        (
            "block_structure.distributions.corrupted",
            "corupted",
            ["distributions.corrupted", "'corrupted'"],
        ),
        ("block_structure.trajectory", "follow", ["trajectory", "'follow'", "'followed'"]),
        ("block_structure.crossed", "seeds", ["crossed", "seeds", "orders"]),
        ("block_structure.interventions.color", ["colr"], ["interventions.color", "'color'"]),
        ("block_structure.interventions.color", ["depths"], ["interventions.color", "'depth'"]),
        (
            "block_structure.interventions.color",
            ["width"],
            ["interventions.color", "width", str(DEEP)],
        ),
        ("block_structure.further.large.depth", 50, ["further.large.depth", "50", f"'{DEEP}'"]),
        ("block_structure.further.emergence.x", "digit", ["further.emergence.x", "'digits'"]),
        (
            "alignment_snr.ensembles.digits.data",
            "small_digit",
            ["alignment_snr.ensembles.digits.data", "'small_digit'", "'small_digits'"],
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused_in_one_line(path, value, expected):
    with pytest.raises(InputError) as caught:
        parse_study(broken(path, value))
    message = str(caught.value)
    assert "\n" not in message
    for part in expected:
        assert part in message, f"{part!r} not in: {message}"


def test_interventions_need_a_network_to_compare_with():
    with pytest.raises(InputError, match=r"interventions.*`large`"):
        parse_study(broken("block_structure.large", None))


def test_networks_without_residual_connections_may_have_their_own_depths():
    grids = broken("grids.plain.depths", [20])
    assert parse_study(grids).grids["plain"].depths == (20,)
