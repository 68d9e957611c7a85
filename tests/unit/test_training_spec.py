import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from training_cases import tiny_run

from repatlas.errors import InputError
from repatlas.networks.spec import NetworkSpec
from repatlas.training.schedule import learning_rate
from repatlas.training.spec import (
    RunSpec,
    TrainingSpec,
    checkpoint_names,
    epoch_name,
    parse_run,
    step_name,
)


def test_run_survives_json() -> None:
    network = NetworkSpec(import_="package.module:function", arguments={"width": 3})
    run = tiny_run(network, depth=0, checkpoints={"epochs": (4, 1), "steps": (2,)})

    assert parse_run(run.as_json()) == run
    assert parse_run(run.as_json()).as_json() == run.as_json()


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"epochs": 4, "checkpoints": {"epochs": (5,)}}, "5 is beyond the last epoch, 4"),
        ({"epochs": 1, "warmup_epochs": 2}, "warmup_epochs: 2 is more than epochs: 1"),
        ({"momentum": 0}, "nesterov: false"),
        ({"epochs": 0, "checkpoints": {"steps": (1,)}}, "there is no step"),
        ({"learning_rate": 0}, "greater than 0"),
        ({"learning_rate": math.inf}, "less than or equal|finite"),
        ({"weight_decay": math.nan}, "finite"),
        ({"momentum": 1}, "less than 1"),
        ({"batch_size": 1}, "greater than or equal to 2"),
        ({"checkpoints": {"steps": (0,)}}, "greater than or equal to 1"),
        ({"warmup": 2}, "Extra inputs"),
    ],
)
def test_impossible_recipes_are_refused(recipe: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TrainingSpec.model_validate(recipe)


def test_every_field_is_described() -> None:
    for model in (TrainingSpec, *_sections(TrainingSpec)):
        assert all(field.description for field in model.model_fields.values())


def _sections(model: type[TrainingSpec]) -> list[type]:
    fields = model.model_fields.values()
    return [kind for field in fields if hasattr(kind := field.annotation, "model_fields")]


def test_no_training_leaves_the_other_defaults_alone() -> None:
    assert TrainingSpec(epochs=0).warmup_epochs == 2


def test_checkpoint_names_come_from_typed_values() -> None:
    spec = TrainingSpec(checkpoints={"epochs": (40, 0, 7, 7), "steps": (30, 2)})

    assert (epoch_name(40), step_name(30)) == ("epoch-0040", "step-00030")
    assert checkpoint_names(spec) == (
        "epoch-0000",
        "step-00002",
        "step-00030",
        "epoch-0007",
        "epoch-0040",
    )


def test_labels_are_those_of_the_papers_only_for_their_networks() -> None:
    imported = NetworkSpec(import_="package.module:function")

    assert tiny_run(depth=56).label == "RN-56 1x"
    assert tiny_run(NetworkSpec(residual=False), depth=56).label == "net 56-1x"
    assert tiny_run(NetworkSpec(family="mlp"), depth=2).label == "net 2-1x"
    assert tiny_run(imported, depth=0).label == "net"


def test_a_depth_the_family_cannot_have_is_refused_in_one_line() -> None:
    text = tiny_run().as_json().replace('"depth": 8', '"depth": 9')

    with pytest.raises(InputError, match=r"depth 9.*nearest: 8 and 14") as caught:
        parse_run(text)
    assert "\n" not in str(caught.value)


def test_foreign_json_is_refused_in_one_line() -> None:
    with pytest.raises(InputError, match="run, as a whole"):
        parse_run("{")
    with pytest.raises(InputError, match=r"run, training_spec\.epoch: Extra"):
        parse_run(tiny_run().as_json().replace('"epochs": 4', '"epoch": 4'))


def test_seeds_cover_what_a_generator_takes() -> None:
    values = tiny_run().model_dump()

    assert RunSpec.model_validate({**values, "seed": 2**63 - 1}).seed == 2**63 - 1
    with pytest.raises(ValidationError, match="seed"):
        RunSpec.model_validate({**values, "seed": -1})


def test_learning_rate_rises_straight_then_follows_half_a_cosine() -> None:
    spec = TrainingSpec(epochs=4, warmup_epochs=2, learning_rate=0.6)

    rates = [learning_rate(spec, step, 3) for step in range(12)]

    assert rates[:6] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    angles = [math.pi * t / 6 for t in range(6)]
    assert rates[6:] == pytest.approx([0.3 * (1 + math.cos(angle)) for angle in angles])


def test_learning_rate_by_epoch_moves_between_epochs_only() -> None:
    spec = TrainingSpec(epochs=4, warmup_epochs=2, learning_rate=0.6, schedule_unit="epoch")

    rates = [learning_rate(spec, step, 3) for step in range(12)]

    assert rates == pytest.approx([0.3] * 3 + [0.6] * 6 + [0.3] * 3)


def test_learning_rate_may_be_all_warm_up() -> None:
    spec = TrainingSpec(epochs=2, warmup_epochs=2, learning_rate=1)

    assert [learning_rate(spec, step, 2) for step in range(4)] == [0.25, 0.5, 0.75, 1]


@given(
    epochs=st.integers(1, 30),
    share=st.floats(0, 1),
    steps=st.integers(1, 20),
    unit=st.sampled_from(["step", "epoch"]),
)
def test_learning_rate_stays_within_bounds_and_has_one_peak(
    epochs: int, share: float, steps: int, unit: str
) -> None:
    spec = TrainingSpec(
        epochs=epochs,
        warmup_epochs=round(share * epochs),
        learning_rate=0.5,
        schedule_unit=unit,
    )

    rates = [learning_rate(spec, step, steps) for step in range(epochs * steps)]

    assert all(0 < rate <= 0.5 for rate in rates)
    assert max(rates) == 0.5
    peak = rates.index(0.5)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
