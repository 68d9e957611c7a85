"""What a study may say of training, and one run: a network of its grid, whole."""

import json
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    model_validator,
)

from repatlas.data.spec import DataSpec
from repatlas.errors import InputError
from repatlas.networks.spec import NetworkSpec, check_grid
from repatlas.section import Section, parse_section

Precision = Literal["auto", "float32", "bfloat16"]
Kept = Literal["all_but_last", "first_stage"]
Chosen = Literal["dominant", "random"]
Change = Literal["remove", "recolor"]
ScheduleUnit = Literal["step", "epoch"]

INITIAL = 0
"""Epoch of the untrained network, which is always kept as a checkpoint."""

MOST_CHECKPOINTS = 500
"""Checkpoints after epochs, and as many after steps: each has its files and its jobs."""


class FiniteSection(Section):
    """A part of a recipe: infinite numbers are refused too."""

    model_config = ConfigDict(allow_inf_nan=False)


class Augmentation(FiniteSection):
    """Random changes of the training images, drawn anew each time an image is seen."""

    crop_padding: int = Field(
        default=0,
        ge=0,
        le=64,
        description="pixels of reflected border added on each side before a random crop back to "
        "the image's size; 0: none; the papers: 4 on CIFAR (code: cifar_train)",
    )
    flip: bool = Field(default=False, description="mirror left and right with probability 1/2")
    flip_vertical: bool = Field(
        default=False,
        description="mirror up and down with probability 1/2 (PatchCamelyon: the paper says random "
        "flips; its code flips up and down only)",
    )
    color: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="strength s of colour distortion (brightness, contrast, saturation, hue, "
        "grey), after crop and flip; 0: none; 1: as in the paper (Fig 7; code: color_distortion)",
    )


def _ordered(values: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(values)))


class Checkpoints(FiniteSection):
    """Moments of training at which the weights are kept, besides before the first step."""

    epochs: Annotated[tuple[Annotated[int, Field(ge=0)], ...], AfterValidator(_ordered)] = Field(
        default=(),
        max_length=MOST_CHECKPOINTS,
        description="after so many epochs; 0, before the first step, is always kept",
    )
    steps: Annotated[tuple[Annotated[int, Field(ge=1)], ...], AfterValidator(_ordered)] = Field(
        default=(),
        max_length=MOST_CHECKPOINTS,
        description="after so many steps (batches) from the start of training; the network is not "
        "evaluated then",
    )


class ComponentPenalty(FiniteSection):
    """Principal-component regularisation (paper A, section 6 and Appendix G)."""

    strength: float = Field(
        default=0.0,
        ge=0,
        description="strength alpha; 0: none; the paper tuned it over 0.1, 1 and 10",
    )
    threshold: float = Field(
        default=0.2,
        ge=0,
        lt=1,
        description="share delta of the first component below which nothing is added (paper: 0.2; "
        "its code: 0.1)",
    )
    first_stage: int = Field(
        default=2,
        ge=0,
        description="ReLU outputs from this stage on are regularised (paper: 2); 0: all ReLUs",
    )


class Start(FiniteSection):
    """Transfer: weights that a run takes over from a run of other data or of another recipe.

    The other run has the same network, depth, width, seed and data order, and is trained first.
    """

    data: str = Field(min_length=1, description="name of the data set of the run that comes first")
    training: str = Field(min_length=1, description="name of its recipe")
    layers: Kept = Field(
        default="all_but_last",
        description="what is taken over: all_but_last (all but the last linear layer, as in the "
        "paper's code) or first_stage (stem and first stage: its option partial_init)",
    )


class ExampleEdit(FiniteSection):
    """Training images changed because of what they do in another run: a causal test.

    The other run has the same data, network, depth, width, seed and data order.
    """

    training: str = Field(min_length=1, description="name of the recipe of the other run")
    probe: str = Field(
        min_length=1, description="name of a probe set of training images on which it is looked at"
    )
    images: Chosen = Field(
        default="dominant",
        description="dominant: those that project furthest on the first component in the middle "
        "of the block; random: as many others",
    )
    fraction: float = Field(
        default=0.1, gt=0, lt=1, description="share of the images of the probe set"
    )
    change: Change = Field(
        default="remove",
        description="remove: they are left out of training; recolor: their colours are permuted "
        "and inverted, so that shapes and classes stay",
    )


class TrainingSpec(FiniteSection):
    """A recipe: stochastic gradient descent with momentum, warm-up and cosine decay.

    The papers' setting (section 2.3 of the first, Appendix A of the second) is 300 epochs, batch
    128, momentum 0.9, no warm-up, cosine decay, pixels in [0, 1]; learning rate and weight decay
    were tuned per model and are not stated.
    """

    epochs: int = Field(
        default=40,
        ge=0,
        le=100_000,
        description="passes over the training images (papers: 300); 0: no training, the weights "
        "are taken as they are. Results are always those of the last epoch",
    )
    batch_size: int = Field(
        default=128, ge=2, le=65_536, description="images of one step (papers: 128)"
    )
    learning_rate: float = Field(
        default=0.1,
        gt=0,
        le=100,
        description="highest learning rate, at the end of the warm-up (papers: tuned over 0.001, "
        "0.005 and 0.01; the value chosen for each network is not stated)",
    )
    momentum: float = Field(default=0.9, ge=0, lt=1, description="momentum (papers: 0.9)")
    nesterov: bool = Field(default=True, description="Nesterov momentum (papers: not stated)")
    weight_decay: float = Field(
        default=1e-4,
        ge=0,
        le=1,
        description="PyTorch's convention: weight_decay x W is added to the gradient of W. Keras's "
        "l2(w), which the papers tuned over 0.001 and 0.005, is weight_decay = 2w. Biases and "
        "batch-norm parameters are not decayed",
    )
    warmup_epochs: int = Field(
        default=2,
        ge=0,
        description="epochs over which the learning rate rises in a straight line (papers: none)",
    )
    schedule_unit: ScheduleUnit = Field(
        default="step",
        description="step or epoch: how often the learning rate moves (of the papers' scripts one "
        "has it per epoch and the other per step)",
    )
    label_smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="share of the target spread over all classes"
    )
    standardise: bool = Field(
        default=True,
        description="shift and scale each channel to mean 0 and standard deviation 1 over the "
        "training images; false: pixels in [0, 1], as in the papers",
    )
    augmentation: Augmentation = Field(
        default=Augmentation(), description="random changes of the training images"
    )
    component_penalty: ComponentPenalty = Field(
        default=ComponentPenalty(),
        description="principal-component regularisation, which removes the block",
    )
    start: Start | None = Field(
        default=None, description="transfer: weights taken over from another run; null: none"
    )
    edit: ExampleEdit | None = Field(
        default=None, description="training images changed because of another run; null: none"
    )
    checkpoints: Checkpoints = Field(
        default=Checkpoints(),
        description="moments at which the weights are kept, besides before the first step and "
        "after the last",
    )
    test_every: int = Field(
        default=1,
        ge=1,
        description="epochs between two evaluations on the test images for history.csv; there is "
        "one at every checkpoint and at the end in any case",
    )
    precision: Precision = Field(
        default="auto",
        description="arithmetic of forward and backward pass: float32, bfloat16, or auto, which "
        "times both at the start and takes bfloat16 where it is faster (run.json records "
        "which; write it here to fix it)",
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.nesterov and self.momentum == 0:
            raise ValueError("nesterov: true needs a momentum above 0: set nesterov: false")
        if self.epochs and self.warmup_epochs > self.epochs:
            raise ValueError(
                f"warmup_epochs: {self.warmup_epochs} is more than epochs: {self.epochs}; allowed "
                f"are 0 to {self.epochs}"
            )
        late = [epoch for epoch in self.checkpoints.epochs if epoch > self.epochs]
        if late:
            raise ValueError(
                f"checkpoints.epochs: {late[0]} is beyond the last epoch, {self.epochs}; allowed "
                f"are 0 to {self.epochs}"
            )
        if self.checkpoints.steps and self.epochs == 0:
            raise ValueError("checkpoints.steps: without training (epochs: 0) there is no step")
        return self


class RunSpec(FiniteSection):
    """One network to be trained: its names in the study, and all that decides its weights."""

    data: str = Field(min_length=1, description="name of the data set")
    training: str = Field(min_length=1, description="name of the recipe")
    network: str = Field(min_length=1, description="name of the network")
    depth: int = Field(ge=0, description="depth; 0 for an imported network, which has its own")
    width: int = Field(ge=0, description="width multiple; 0 for an imported network")
    seed: int = Field(ge=0, lt=2**63, description="seed of the initialisation, and of it alone")
    order: int = Field(
        ge=0, lt=2**63, description="seed of the data order, the augmentation and other noise"
    )
    data_spec: DataSpec
    network_spec: NetworkSpec
    training_spec: TrainingSpec
    start_run: "RunSpec | None" = Field(
        default=None, description="the run whose weights are taken over (`training_spec.start`)"
    )
    edit_run: "RunSpec | None" = Field(
        default=None, description="the run that decides which training images are changed"
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        check_grid(self.network_spec, self.depth, self.width)
        recipe = self.training_spec
        for name, wanted, given in (
            ("start", recipe.start, self.start_run),
            ("edit", recipe.edit, self.edit_run),
        ):
            if (wanted is None) != (given is None):
                raise ValueError(
                    f"{name}_run: it must be there if and only if the recipe has {name}"
                )
        return self

    @property
    def label(self) -> str:
        """Short name of the network for titles: ``RN-56 1x`` as in the papers, where it fits."""
        if self.network_spec.family == "imported":
            return self.network
        if self.network_spec.family == "resnet" and self.network_spec.residual:
            return f"RN-{self.depth} {self.width}x"
        return f"{self.network} {self.depth}-{self.width}x"

    @property
    def title(self) -> str:
        """The label with all that tells this run from others of the study, for messages."""
        names = [self.network, self.data, self.training]
        start, edit = self.training_spec.start, self.training_spec.edit
        if start is not None:
            names.append(f"start from {start.data} {start.training}")
        if edit is not None:
            names.append(f"{edit.change} {100 * edit.fraction:g}% {edit.images} images")
        return f"{self.label} ({', '.join(names)}, seed {self.seed}, order {self.order})"

    def as_json(self) -> str:
        """The run, whole, as compact JSON with sorted keys: equal texts mean equal runs."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True)


def parse_run(text: str) -> RunSpec:
    """Read a run from JSON.

    Raises
    ------
    InputError
        No JSON, an unknown key or an impossible value.
    """
    return parse_section(RunSpec, text, "run")


def parse_runs(text: str) -> tuple[RunSpec, ...]:
    """Read several runs from a JSON list.

    Raises
    ------
    InputError
        No JSON list, or a run as `parse_run` refuses it.
    """
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"runs: no JSON: {error}") from None
    if not isinstance(values, list):
        raise InputError("runs: give a JSON list of runs")
    return tuple(parse_run(json.dumps(value)) for value in values)


def epoch_name(epoch: int) -> str:
    """Name of the checkpoint after an epoch, such as ``epoch-0040``."""
    return f"epoch-{epoch:04d}"


def step_name(step: int) -> str:
    """Name of the checkpoint after a step, such as ``step-00030``."""
    return f"step-{step:05d}"


def checkpoint_names(spec: TrainingSpec) -> tuple[str, ...]:
    """Names of all checkpoints of a recipe: the untrained network, then steps, then epochs.

    The final weights are a file of their own and not among them.
    """
    later = [epoch for epoch in spec.checkpoints.epochs if epoch != INITIAL]
    return (
        epoch_name(INITIAL),
        *(step_name(step) for step in spec.checkpoints.steps),
        *(epoch_name(epoch) for epoch in later),
    )
