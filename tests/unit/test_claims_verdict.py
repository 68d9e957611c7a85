import math

import pytest

from repatlas.claims.bootstrap import Estimate
from repatlas.claims.measurement import Measurement, Observation, Seed
from repatlas.claims.spec import Claim
from repatlas.claims.verdict import judge, out_of_scale


def claim(**changes):
    facts = {
        "id": "A1-test",
        "paper": "paper",
        "figure": "Fig 1",
        "statement": "it holds",
        "statistic": "any",
        "threshold": 0.5,
        "direction": "above",
        "judged_at": ("laptop", "paper"),
    }
    return Claim(**(facts | changes))


def measured(seeds=3, **facts):
    return Measurement(
        tuple(Observation(1.0, (Seed("a", seed),), str(seed)) for seed in range(seeds)), **facts
    )


def judged(interval, value=None, measurement=None, not_fitted=(), **changes):
    value = sum(interval) / 2 if value is None else value
    return judge(claim(**changes), measurement or measured(), Estimate(value, interval), not_fitted)


@pytest.mark.parametrize(
    ("direction", "interval", "verdict"),
    [
        ("above", (0.6, 0.9), "reproduced"),
        ("above", (0.1, 0.4), "not reproduced"),
        ("above", (0.4, 0.9), "undecided"),
        ("above", (0.5, 0.9), "undecided"),
        ("above", (0.1, 0.5), "not reproduced"),
        ("above", (0.5, 0.5), "not reproduced"),
        ("below", (0.1, 0.4), "reproduced"),
        ("below", (0.6, 0.9), "not reproduced"),
        ("below", (0.4, 0.9), "undecided"),
        ("below", (0.1, 0.5), "undecided"),
        ("below", (0.5, 0.9), "not reproduced"),
    ],
)
def test_interval_against_threshold(direction, interval, verdict):
    assert judged(interval, direction=direction).verdict == verdict


def test_value_outside_its_interval_counts_too():
    assert judged((0.6, 0.9), value=0.4).verdict == "undecided"


def test_too_few_seeds_decide_nothing_and_the_absent_are_counted():
    found = judged(
        (0.6, 0.9), measurement=measured(1, left_out=("b: no block",)), not_fitted=("a", "c")
    )
    assert found.verdict == "undecided"
    assert found.reason == ("1 of the 3 seeds needed have a value (2 not fitted, 1 left out)")


def test_as_many_seeds_as_needed_decide():
    assert judged((0.6, 0.9), measurement=measured(2), seeds=2).verdict == "reproduced"


def test_other_scales_cannot_speak():
    assert out_of_scale(claim(), "laptop") is None
    found = out_of_scale(claim(), "smoke")
    assert found.verdict == "undecided"
    assert found.reason.startswith("undecided at this scale (smoke)")


def test_no_interval_decides_nothing():
    found = judge(claim(), measured(), Estimate(0.9, None))
    assert found.verdict == "undecided"


@pytest.mark.parametrize(
    ("p", "verdict"),
    [(0.01, "reproduced"), (0.05, "undecided"), (math.nan, "undecided"), (None, "undecided")],
)
def test_p_value_is_needed_where_the_claim_asks_for_one(p, verdict):
    assert judged((0.6, 0.9), measurement=measured(p=p), significance=0.05).verdict == verdict


def test_large_p_value_does_not_rescue_the_other_side():
    found = judged((0.1, 0.2), measurement=measured(p=0.9), significance=0.05)
    assert found.verdict == "not reproduced"
