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
        ("convergent_learning.cell.grid", "unit", ["convergent_learning.cell.grid", "'units'"]),
        ("convergent_learning.cell.width", 1, ["convergent_learning.cell.width", "1", "'2'"]),
        ("convergent_learning.probe", "unit", ["convergent_learning.probe", "mean 'units'"]),
        ("convergent_learning.probe", "dominant_10", ["convergent_learning.probe", "`without`"]),
        (
            "convergent_learning.checkpoints",
            ["epoch-0000", "epoch-0002"],
            ["convergent_learning.checkpoints", "'epoch-0002'", "mean 'epoch-000", "step-00006"],
        ),
        (
            "convergent_learning.checkpoints",
            ["epoch-0001", "step-00006"],
            ["not in the order of training", "write step-00006, epoch-0001"],
        ),
        ("convergent_learning.checkpoints", ["final"], ["there is no 'final'", "epoch-0004"]),
        (
            "convergent_learning.shifts",
            {"noise": "units_noise"},
            ["convergent_learning.shifts.noise", "mean 'units_noise_"],
        ),
        ("convergent_learning.shifts", {"none": "units"}, ["shifts.none", "`probe` itself"]),
        ("convergent_learning.shifts", {"few": "followed"}, ["shifts.few", "256", "same"]),
        (
            "convergent_learning.wider.grid",
            "units",
            ["convergent_learning.wider.width", "3", "'2'"],
        ),
        (
            "convergent_learning.wider",
            {"grid": "units", "depth": 5, "width": 2},
            ["convergent_learning.wider.width", "another width"],
        ),
        (
            "convergent_learning.wider",
            {"grid": "plain", "depth": 20, "width": 1},
            ["convergent_learning.wider.grid", "data", "photos", "patches"],
        ),
        ("grids.units.seeds", [3], ["convergent_learning.cell.grid", "single seed, 3", "two"]),
        ("grids.units.orders", [0], ["convergent_learning.cell.grid", "without orders"]),
        ("convergent_learning.alphas", [-0.1], ["convergent_learning.alphas.0", "-0.1"]),
        ("convergent_learning.alphas", [], ["convergent_learning.alphas", "at least 1"]),
        ("convergent_learning.cluster_threshold", 1.0, ["cluster_threshold", "less than 1"]),
        ("convergent_learning.units.patch", 4, ["units.patch", "unknown key", "'patches'"]),
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


def test_the_wider_network_has_the_depth_of_the_other():
    study = broken("grids.units_wider.depths", [5, 6])
    assert parse_study(study).convergent_learning.wider.depth == 5
    study["convergent_learning"]["wider"]["depth"] = 6
    with pytest.raises(InputError, match=r"wider.depth: 6 is not that of `cell`: write 5"):
        parse_study(study)


def test_strengths_are_put_in_order():
    study = parse_study(broken("convergent_learning.alphas", [0.3, 0, 0.3]))
    assert study.convergent_learning.alphas == (0.0, 0.3)


def test_a_study_need_not_have_convergent_learning():
    assert parse_study(broken("convergent_learning", None)).convergent_learning is None
