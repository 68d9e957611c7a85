"""What a claim says, and how claims are judged."""

from typing import Any, Literal, Self

from pydantic import (
    Field,
    JsonValue,
    model_validator,
)

from repatlas.section import Section

Scale = Literal["smoke", "laptop", "desk", "cifar", "paper"]
Direction = Literal["above", "below"]
Verdict = Literal["reproduced", "not reproduced", "undecided"]


class ClaimsSpec(Section):
    """How claims are judged."""

    fit_accuracy: float = Field(
        default=0.95,
        ge=0,
        le=1,
        description="no claim is judged on a network whose final train accuracy is below this",
    )
    bootstrap: int = Field(
        default=2000,
        ge=100,
        le=1_000_000,
        description="bootstrap resamples of the seeds behind each interval",
    )
    permutations: int = Field(
        default=1000, ge=100, le=1_000_000, description="permutations behind each p-value"
    )
    seed: int = Field(default=0, ge=0, description="seed of both")


class Claim(Section):
    """One claim of a paper, with the number that decides it."""

    id: str = Field(pattern=r"^[A-Z]\d+(-[a-z0-9]+)+$", description="short name, such as A1-depth")
    paper: str = Field(description="short name of the paper; set once for the whole file")
    figure: str = Field(description="where the paper shows it, such as Fig 1a")
    page: str | None = Field(default=None, description="page of the version cited, such as p2")
    made_for: str | None = Field(
        default=None, description="networks and data for which the paper makes the claim"
    )
    statement: str = Field(description="what is claimed, in our words")
    statistic: str = Field(description="name of a registered statistic")
    arguments: dict[str, JsonValue] = Field(default={}, description="arguments of the statistic")
    threshold: float = Field(
        allow_inf_nan=False, description="ours, written down before the run that it judges"
    )
    direction: Direction = Field(description="side of the threshold on which the claim holds")
    significance: float | None = Field(
        default=None, gt=0, lt=1, description="largest p-value, where the statistic has a null"
    )
    seeds: int = Field(default=3, ge=2, description="least number of seeds for a verdict")
    scale: tuple[Scale, ...] = Field(
        default=("paper",), min_length=1, description="scales at which the paper makes the claim"
    )
    judged_at: tuple[Scale, ...] = Field(
        default=("laptop", "desk", "cifar", "paper"),
        min_length=1,
        description="scales of study that can speak to it; at others it stays undecided",
    )

    @property
    def number(self) -> str:
        """The numbered claim of which it is a part, such as A1."""
        return self.id.partition("-")[0]


class ClaimsFile(Section):
    """The claims of one paper."""

    paper: str = Field(description="short name of the paper")
    title: str = Field(description="title, authors and year")
    version: str = Field(description="version to which figures and pages refer")
    topics: dict[str, str] = Field(description="what each numbered claim is about, such as A1")
    claims: tuple[Claim, ...] = Field(description="in the order of the paper")

    @model_validator(mode="before")
    @classmethod
    def _name_the_paper(cls, values: Any) -> Any:
        """Give every claim the paper's name, which a file says only once."""
        if not isinstance(values, dict) or not isinstance(values.get("claims"), list):
            return values
        named = [
            {"paper": values.get("paper"), **claim} if isinstance(claim, dict) else claim
            for claim in values["claims"]
        ]
        return {**values, "claims": named}

    @model_validator(mode="after")
    def _identifiers_are_unique(self) -> Self:
        if not self.claims:
            raise ValueError("claims: there is none; write one or drop the file")
        seen: set[str] = set()
        for claim in self.claims:
            if claim.id in seen:
                raise ValueError(f"claims: {claim.id} stands twice; give each claim its own id")
            seen.add(claim.id)
        return self

    @model_validator(mode="after")
    def _topics_are_named(self) -> Self:
        for claim in self.claims:
            if claim.number not in self.topics:
                raise ValueError(f"topics: there is none for {claim.id}; add {claim.number}")
        return self
