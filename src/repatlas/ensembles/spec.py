"""What a study says of learners that are trained together on noisy labels."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from repatlas.section import Section

Snr = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=100_000)]
Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Activation = Literal["linear", "relu"]
Loss = Literal["squared", "cross_entropy"]
Initialisation = Literal["own", "shared"]

SNRS_DESCRIPTION = (
    "signal-to-noise ratios of the labels: variance of the labels without noise over that of the "
    "noise"
)


class SimulationSpec(Section):
    """Exact minimum-norm (and ridge) solutions of linear regression with noisy labels.

    ``x ~ N(0, I)``, ``y = W'x + e``; two learners that share their inputs or have their own.
    """

    inputs: int = Field(default=150, ge=8, le=100_000, description="input dimensions d")
    ratios: tuple[Positive, ...] = Field(
        default=(0.1, 0.25, 0.5, 0.65, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0),
        min_length=1,
        max_length=1000,
        description="samples over input dimensions, n / d; 1 is the interpolation threshold",
    )
    snrs: tuple[Snr, ...] = Field(
        default=(0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
        min_length=1,
        max_length=1000,
        description=SNRS_DESCRIPTION,
    )
    outputs: tuple[Count, ...] = Field(
        default=(1, 2, 5), min_length=1, max_length=1000, description="numbers of outputs"
    )
    ridges: tuple[Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)], ...] = Field(
        default=(0.0, 0.01),
        min_length=1,
        max_length=1000,
        description="ridge penalties on the sum of squares, in units of d; 0: minimum norm",
    )
    replicas: int = Field(
        default=10,
        ge=2,
        le=100_000,
        description="repetitions with a teacher, inputs and noise of their own",
    )
    seed: int = Field(default=0, ge=0, description="seed of everything random")

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if max(self.outputs) > self.inputs:
            raise ValueError(
                f"outputs: {max(self.outputs)} are more than the {self.inputs} inputs; give fewer"
            )
        few = [ratio for ratio in self.ratios if round(ratio * self.inputs) < 2]
        if few:
            raise ValueError(
                f"ratios: {few[0]:g} of {self.inputs} inputs leaves fewer than 2 samples; give "
                "larger ones"
            )
        return self

    def samples(self, ratio: float) -> int:
        """Samples of a ratio, n."""
        return round(ratio * self.inputs)


class EnsembleSpec(Section):
    """Two-layer networks without biases that learn one task from labels of independent noise.

    Every draw has a teacher (or a choice of images) and inputs of its own; within a draw the
    members differ in the noise of their labels and in their initialisation. All train together.
    """

    data: str | None = Field(
        default=None,
        min_length=1,
        description="name of a data set under `data`, whose classes are learnt; null: Gaussian "
        "inputs and a teacher",
    )
    activation: Activation = Field(default="relu", description="of the hidden layer: linear, relu")
    teacher: Activation = Field(
        default="linear",
        description="where data is null: linear (one direction an output) or relu (a network of "
        "`teacher_width` units)",
    )
    teacher_width: Count = Field(default=4, description="hidden units of a relu teacher")
    inputs: int = Field(
        default=50, ge=2, le=100_000, description="input dimensions, where data is null"
    )
    outputs: Count = Field(default=1, description="outputs, where data is null")
    width: Count = Field(default=32, description="hidden units")
    samples: tuple[Annotated[int, Field(ge=2, le=100_000_000)], ...] = Field(
        min_length=1,
        max_length=1000,
        description="numbers of training samples; smaller sets lie within larger ones",
    )
    snrs: tuple[Snr, ...] = Field(
        min_length=1,
        max_length=1000,
        description=f"{SNRS_DESCRIPTION}. Of classes a share is drawn anew so that their codes "
        "have this ratio",
    )
    members: int = Field(
        default=3, ge=2, le=100_000, description="networks of a draw and noise level"
    )
    shuffled: Count = Field(
        default=1,
        description="further networks each, trained on labels in random order: what is alike "
        "between them and the members is due to inputs and initialisation (null)",
    )
    draws: Count = Field(
        default=3, description="draws of teacher and inputs; claims are judged over these"
    )
    shared_inputs: bool = Field(
        default=True, description="whether the members of a draw have the same training inputs"
    )
    initialisation: Initialisation = Field(
        default="own", description="own: each member starts from its own weights; shared: from one"
    )
    init_scales: tuple[Positive, ...] = Field(
        default=(0.1,),
        min_length=1,
        max_length=1000,
        description="scales of the initial weights: 1 keeps the variance of the inputs in either "
        "layer; well below 1 the network learns features, above it keeps those it has (lazy)",
    )
    loss: Loss = Field(
        default="squared",
        description="squared (for classes: on their codes) or cross_entropy (needs data)",
    )
    steps: int = Field(
        default=1500, ge=1, le=1_000_000_000, description="full-batch steps of gradient descent"
    )
    learning_rate: Positive = Field(default=0.05, description="learning rate")
    momentum: float = Field(default=0.9, ge=0, lt=1, description="heavy-ball momentum")
    held_out: int = Field(
        default=256,
        ge=16,
        le=100_000_000,
        description="inputs on which members are compared and tested, at most",
    )
    seed: int = Field(default=0, ge=0, description="seed of everything random")

    @model_validator(mode="after")
    def _loss_fits(self) -> Self:
        if self.loss == "cross_entropy" and self.data is None:
            raise ValueError("loss: cross_entropy needs classes; name a data set as `data`")
        return self
