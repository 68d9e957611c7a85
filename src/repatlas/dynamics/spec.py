"""What a study says of deep networks whose representations are followed while they learn."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from repatlas.config.names import Name
from repatlas.section import Section

Kind = Literal["mlp", "skip", "cnn", "dropout"]
Activation = Literal["leaky_relu", "relu", "tanh", "elu", "silu", "none"]
Optimiser = Literal["sgd", "adam"]
Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Square = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=100_000)]

REPLICAS = "replicas of each setting, with seeds one after another"
SEED = "seed of the first replica: of its weights, the order of its examples and its dropout"


class LearnerSpec(Section):
    """A deep network and how it learns; every value is the one that is used.

    Weights start as Xavier normal times `gain`, biases at 0. The loss is half the squared error,
    summed over outputs, mean over examples.
    """

    kind: Kind = Field(
        default="mlp",
        description="mlp: dense layers. skip: dense layers that add, from the third on, the layer "
        "two before. cnn: a dense layer, `depth` maps of `channels` channels (1-D "
        "convolutions) and a map of one channel. dropout: dense layers with dropout before each",
    )
    activation: Activation = Field(
        default="leaky_relu",
        description="of the hidden layers: leaky_relu (slope 0.01), relu, tanh, elu, silu, none",
    )
    gain: Positive = Field(
        default=1.0,
        description="of the initial weights: from small ones the task decides what is learnt "
        "(rich), from large ones the start does (lazy)",
    )
    width: Count = Field(default=100, description="units of a dense layer")
    depth: int = Field(
        default=10, ge=1, le=10_000, description="hidden layers (cnn: without its first and last)"
    )
    layer: int = Field(
        default=5, ge=0, description="hidden layer that is compared with theory, by depth from 0"
    )
    channels: Count = Field(default=8, description="cnn: channels of a map")
    kernel: Count = Field(default=5, description="cnn: length of a convolution, no padding")
    dropout: float = Field(
        default=0.1, ge=0, lt=1, description="dropout: share of what is dropped before each layer"
    )
    optimiser: Optimiser = Field(default="sgd", description="sgd (plain) or adam")
    learning_rate: Positive = Field(description="learning rate")
    batch: int | None = Field(
        default=None, ge=1, description="examples of a step, in random order; null: all of them"
    )
    steps: int = Field(
        ge=1, le=1_000_000_000, description="steps of training, a multiple of `record_every`"
    )
    record_every: int = Field(default=10, ge=1, description="steps from one record to the next")
    stop_loss: Square = Field(
        default=0.0,
        description="a replica ends where its loss, when recorded, is at most this; 0: never",
    )

    @property
    def hidden_layers(self) -> int:
        """Number of hidden layers."""
        return self.depth + 2 if self.kind == "cnn" else self.depth

    @model_validator(mode="after")
    def _values_fit(self) -> Self:
        if self.layer >= self.hidden_layers:
            raise ValueError(
                f"layer: {self.layer} is none of the {self.hidden_layers} hidden layers, which "
                "count from 0"
            )
        if self.steps % self.record_every:
            raise ValueError(
                f"steps: {self.steps} is no multiple of record_every, {self.record_every}"
            )
        if self.kind == "cnn" and self.width <= (self.depth + 1) * (self.kernel - 1):
            raise ValueError(
                f"width: {self.depth + 1} convolutions of length {self.kernel} leave nothing of "
                f"{self.width}; give a larger one"
            )
        return self


class PointsSpec(Section):
    """Two points whose inputs and targets have given distances, or a grid of such pairs."""

    input_squares: tuple[Positive, ...] = Field(
        default=(1.0,),
        min_length=1,
        max_length=1000,
        description="squared distances of the inputs, |dx|^2",
    )
    target_squares: tuple[Square, ...] = Field(
        default=(0.5,),
        min_length=1,
        max_length=1000,
        description="squared distances of the targets, |dy*|^2, each with each of the inputs",
    )
    inputs: Count = Field(default=1, description="input dimensions")
    outputs: Count = Field(default=1, description="output dimensions")


class TwoPointsSpec(Section):
    """A network that learns two points, over pairs and replicas."""

    learner: LearnerSpec = Field(description="the network")
    points: PointsSpec = Field(default=PointsSpec(), description="the pairs")
    shared_start: bool = Field(
        default=False,
        description="whether networks of one seed start from the same weights, whatever their "
        "pair; the authors draw new ones for each",
    )
    replicas: Count = Field(default=3, description=REPLICAS)
    seed: int = Field(default=0, ge=0, description=SEED)


class XorSpec(Section):
    """Networks that learn exclusive or, from different initial weights."""

    learners: dict[Name, LearnerSpec] = Field(
        min_length=1, max_length=100, description="networks by setting"
    )
    replicas: Count = Field(default=3, description=REPLICAS)
    seed: int = Field(default=0, ge=0, description=SEED)


class ContextSpec(Section):
    """Networks that tell where a blob lies, in the one direction that a context names."""

    learners: dict[Name, LearnerSpec] = Field(
        min_length=1, max_length=100, description="networks by setting"
    )
    positions: int = Field(
        default=12,
        ge=2,
        le=1000,
        description="positions of the blob in either direction, from -1 to 1",
    )
    pixels: int = Field(
        default=5, ge=2, le=1000, description="pixels of the image in either direction"
    )
    replicas: Count = Field(default=1, description=REPLICAS)
    seed: int = Field(default=0, ge=0, description=SEED)


class ImagesSpec(Section):
    """A network that learns the classes of a data set; two images and all classes are followed."""

    data: str = Field(min_length=1, description="name of a data set under `data`")
    learner: LearnerSpec = Field(description="the network")
    classes: tuple[int, int] = Field(
        default=(0, 1), description="classes of the two images that are followed, one of each"
    )
    compared: int = Field(
        default=100,
        ge=2,
        le=100_000,
        description="training images whose distances are compared, balanced",
    )
    replicas: Count = Field(default=3, description=REPLICAS)
    seed: int = Field(default=0, ge=0, description=SEED)

    @model_validator(mode="after")
    def _classes_differ(self) -> Self:
        if self.classes[0] == self.classes[1] or min(self.classes) < 0:
            raise ValueError(f"classes: {self.classes} must be two different ones, from 0")
        return self
