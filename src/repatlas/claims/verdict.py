"""The verdict on a claim, and its reason in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from repatlas.claims.bootstrap import Estimate
from repatlas.claims.measurement import Measurement
from repatlas.claims.spec import Claim, Scale, Verdict


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason."""

    verdict: Verdict
    reason: str


def judge(
    claim: Claim,
    measurement: Measurement,
    estimate: Estimate,
    not_fitted: Sequence[str] = (),
) -> Judgement:
    """Hold an estimate against the claim's threshold.

    ``reproduced``: the whole interval (and the value) lies strictly on the claimed side, enough
    seeds stand behind it and, where the claim asks for one, the p-value is small enough.
    ``not reproduced``: the whole interval lies on the other side, from enough seeds.
    ``undecided``: anything else.
    """
    if measurement.seeds < claim.seeds:
        told = f"{measurement.seeds} of the {claim.seeds} seeds needed have a value"
        return Judgement("undecided", told + _absent(not_fitted, measurement.left_out))
    if estimate.interval is None:
        return Judgement("undecided", "too few seeds for an interval")
    return _against_threshold(claim, measurement.p, estimate.value, estimate.interval)


def out_of_scale(claim: Claim, scale: Scale) -> Judgement | None:
    """Give the verdict on a claim to which a study of this scale cannot speak, whatever it has."""
    if scale in claim.judged_at:
        return None
    allowed = ", ".join(claim.judged_at)
    return Judgement("undecided", f"undecided at this scale ({scale}); judged at: {allowed}")


def _against_threshold(
    claim: Claim, p: float | None, value: float, interval: tuple[float, float]
) -> Judgement:
    sides = {_holds(claim, end) for end in (value, *interval)}
    threshold = f"{claim.threshold:g}"
    if sides == {False}:
        other = "below" if claim.direction == "above" else "above"
        return Judgement("not reproduced", f"the whole interval is {other} {threshold}, or at it")
    if sides == {True, False}:
        return Judgement("undecided", f"the interval reaches across {threshold}")
    if claim.significance is not None and not (p is not None and p < claim.significance):
        told = "no p-value" if p is None else f"p = {p:.2g}"
        return Judgement(
            "undecided", f"on the claimed side, but not told apart from chance ({told})"
        )
    return Judgement("reproduced", f"the whole interval is {claim.direction} {threshold}")


def _absent(not_fitted: Sequence[str], left_out: Sequence[str]) -> str:
    told = [
        f"{len(notes)} {words}"
        for notes, words in ((not_fitted, "not fitted"), (left_out, "left out"))
        if notes
    ]
    return f" ({', '.join(told)})" if told else ""


def _holds(claim: Claim, value: float) -> bool:
    return value > claim.threshold if claim.direction == "above" else value < claim.threshold
