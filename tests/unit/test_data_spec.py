import pytest
from pydantic import ValidationError

from repatlas.data.spec import DataSpec, parse_spec
from repatlas.errors import InputError


@pytest.mark.parametrize("amount", [1, 500, 1.0, 0.0625, None])
def test_amount_keeps_its_kind_through_json(amount):
    spec = DataSpec(train=amount)
    again = parse_spec(spec.model_dump_json())
    assert again == spec
    assert type(again.train) is type(amount)


@pytest.mark.parametrize("amount", [0, -3, 0.0, 1.5, True, "many", float("nan")])
def test_impossible_amount_gives_one_error_that_tells_what_is_allowed(amount):
    with pytest.raises(ValidationError, match="a share") as caught:
        DataSpec(test=amount)
    assert [error["loc"] for error in caught.value.errors()] == [("test",)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"source": "tree"}, "needs 'root'"),
        ({"source": "photos", "root": "here"}, "takes no 'root'"),
        ({"source": "digits", "download": True}, "nothing to download"),
        ({"source": "cifar"}, "cifar10"),
        ({"size": 2}, "greater than or equal to 4"),
        ({"colour": 1}, "colour"),
    ],
)
def test_contradictions_are_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        DataSpec(**given)


@pytest.mark.parametrize("text", ["{", '{"train": 0}', '{"sise": 32}', "[]"])
def test_bad_json_is_told_in_one_line(text):
    with pytest.raises(InputError) as caught:
        parse_spec(text)
    assert str(caught.value).startswith("data spec, ")
    assert "\n" not in str(caught.value)


def test_every_key_is_described():
    assert all(field.description for field in DataSpec.model_fields.values())
