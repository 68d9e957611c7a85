"""What a study says of a probe set: the examples on which networks are compared."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from repatlas.section import Section, parse_section

BatchNorm = Literal["inference", "batch"]
Removed = Literal["dominant", "random", "matched"]
Corruption = Literal[
    "gaussian_noise", "gaussian_blur", "contrast", "brightness", "pixelate", "noise_only"
]

BLOCK_OUTPUTS = "block_outputs"
"""In the place of a layer's name: every block output."""


class Without(Section):
    """Images left out of a probe set because of what they do in the network that is looked at."""

    probe: str = Field(description="Name of the probe set from which they are taken.")
    images: Removed = Field(
        default="dominant",
        description="dominant: those that project furthest on the first component of one layer, "
        "the middle of the block. random: as many at random. matched: as many whose activation "
        "norms in that layer are nearest to those of the dominant ones, but not dominant.",
    )
    fraction: float = Field(
        gt=0, lt=1, description="Share of its images that is left out (paper: 0.01 and 0.1)."
    )


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
        le=100_000_000,
        description="How many images, balanced over the classes; null: all. The choice depends on "
        "the ids of the images alone, and a smaller probe set lies within a larger one.",
    )
    batch_size: int = Field(
        default=256,
        ge=4,
        le=65_536,
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
    without: Without | None = Field(
        default=None,
        description="The images of another probe set but for some, chosen anew for each network; "
        "null: all. data, split, count and batch_size must be those of the other.",
    )
    corruption: Corruption | None = Field(
        default=None,
        description="Change of every image; null: none. noise_only: uniform noise in their place. "
        "The others have the strengths of CIFAR-10-C (Hendrycks and Dietterich 2019).",
    )
    severity: int = Field(default=3, ge=1, le=5, description="Strength of the corruption, 1 to 5.")
    raw_layers: tuple[str, ...] = Field(
        default=(),
        description="Names of layers whose activations are kept whole, as float16; block_outputs "
        "stands for all outputs of the stem and of (residual) blocks.",
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
