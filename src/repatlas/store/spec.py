"""What a study says of a probe set: the examples on which networks are compared."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from repatlas.section import Section, parse_section

BatchNorm = Literal["inference", "batch"]


class ProbeSpec(Section):
    """A probe set, and what is kept of every layer on it."""

    data: str | None = Field(
        default=None,
        description="Name of a data set under `data`; null: each run's own.",
    )
    split: Literal["test", "train"] = Field(
        default="test", description="Which images of it: test or train."
    )
    count: int | None = Field(
        default=None,
        ge=4,
        description="How many images, balanced over the classes; null: all. The choice depends on "
        "the ids of the images alone, and a smaller probe set lies within a larger one.",
    )
    batch_size: int = Field(
        default=256,
        ge=4,
        description="Images of one Gram matrix: minibatch CKA is taken over these batches, which "
        "never change. The paper has 256.",
    )
    batch_norm: BatchNorm = Field(
        default="inference",
        description="inference: batch normalisation with the statistics gathered in training. "
        "batch: with those of each batch, as the paper does for checkpoints before convergence.",
    )
    components: int = Field(
        default=8, ge=1, le=64, description="Principal components kept of every layer."
    )
    exact: bool = Field(
        default=False,
        description="Also keep the Gram matrix over all images (layers x images^2 x 2 bytes), for "
        "CKA without the noise of minibatches.",
    )
    stream: bool = Field(
        default=False,
        description="Never hold all images at once: components come from repeated passes over "
        "batches. Taken of itself where the images need more memory than there is.",
    )
    raw_layers: tuple[str, ...] = Field(
        default=(), description="Names of layers whose activations are kept whole, as float16."
    )
    raw_count: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Images whose activations are kept, from the first; null: all."
    )

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.exact and self.stream:
            raise ValueError(
                "exact needs all images at once and stream never holds them: drop one of the two"
            )
        if self.raw_count is not None and not self.raw_layers:
            raise ValueError("raw_count has no effect without raw_layers: name some, or drop it")
        return self


def parse_probe(text: str) -> ProbeSpec:
    """Read a probe set's spec from JSON.

    Raises
    ------
    InputError
        No JSON, an unknown key or an impossible value.
    """
    return parse_section(ProbeSpec, text, "probe")
