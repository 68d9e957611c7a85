"""What a study may say of a network, and which depths and widths it can have."""

import re
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from repatlas.errors import InputError
from repatlas.section import Section

Family = Literal["resnet", "shake_shake", "convnet", "alexnet", "mlp", "imported"]

BLOCK_FAMILIES = ("resnet", "shake_shake")
"""Families of three stages of n blocks of two convolutions: depth 6n + 2."""

ALEXNET_DEPTH = 8

DOTTED = r"[^\W\d]\w*(\.[^\W\d]\w*)*"

POINTLESS = re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+")
"""Numbers that YAML 1.1 reads as text."""

IMPORT = re.compile(f"{DOTTED}:{DOTTED}")


class NetworkSpec(Section):
    """A network family and its options; depth, width and seed come from the grid.

    ``import`` is a word of Python, so the field is called ``import_``; both names are read.
    """

    model_config = ConfigDict(populate_by_name=True)

    family: Family = Field(
        default="resnet",
        description="resnet: CIFAR ResNet v1 (depth 6n+2); shake_shake (depth 6n+2); convnet: "
        "depth convolutions; alexnet (depth 8; width 1 is the paper's 96 to 384 channels and 4096 "
        "units; images of 64 pixels or more); mlp: depth hidden layers; imported: a network of "
        "your own",
    )
    residual: bool = Field(
        default=True, description="false: the same resnet without its skip connections"
    )
    shortcut_batch_norm: bool = Field(
        default=False,
        description="batch-norm after the shortcut's convolutions where the shape changes "
        "(resnet, shake_shake; the block-structure paper has none)",
    )
    import_: str | None = Field(
        default=None,
        alias="import",
        description="package.module:function that returns your own torch.nn.Module, or "
        "torchvision:resnet18; implies family imported",
    )
    arguments: dict[str, bool | int | float | str | None] = Field(
        default={},
        description="keyword arguments for the imported function, besides num_classes",
    )
    weights: str | None = Field(
        default=None,
        description="safetensors file with the weights to start from (with `epochs: 0` to use)",
    )

    @field_validator("import_")
    @classmethod
    def _import_names_a_function(cls, source: str | None) -> str | None:
        if source is not None and not IMPORT.fullmatch(source):
            raise ValueError(
                f"{source!r} names no function; write package.module:function or torchvision:name"
            )
        return source

    @field_validator("weights")
    @classmethod
    def _weights_are_no_pattern(cls, path: str | None) -> str | None:
        if path is not None and set("{}<>") & set(path):
            raise ValueError(
                f"weights: {path}: Snakemake has other uses for {{}} and <> in the name of a file; "
                "rename it"
            )
        return path

    @field_validator("arguments")
    @classmethod
    def _numbers_are_read_as_such(
        cls, arguments: dict[str, bool | int | float | str | None]
    ) -> dict[str, bool | int | float | str | None]:
        for name, value in arguments.items():
            if isinstance(value, str) and POINTLESS.fullmatch(value):
                raise ValueError(
                    f"{name}: YAML reads {value} as text; write it with a point, such as 1.0e-3"
                )
        return arguments

    @model_validator(mode="before")
    @classmethod
    def _import_implies_family(cls, values: Any) -> Any:
        if not isinstance(values, dict) or "family" in values:
            return values
        source = values.get("import", values.get("import_"))
        return values if source is None else {**values, "family": "imported"}

    @model_validator(mode="after")
    def _options_fit_family(self) -> Self:
        imported = self.family == "imported"
        if imported and self.import_ is None:
            raise ValueError("family imported needs `import: package.module:function`")
        if not imported and self.import_ is not None:
            raise ValueError(f"`import` and `family: {self.family}` exclude each other; keep one")
        if not imported and self.arguments:
            raise ValueError(f"`arguments` are for imported networks, not for {self.family}")
        if not self.residual and self.family != "resnet":
            raise ValueError(f"`residual: false` is for family resnet, not for {self.family}")
        if self.shortcut_batch_norm and self.family not in BLOCK_FAMILIES:
            raise ValueError(
                f"`shortcut_batch_norm: true` is for resnet and shake_shake, not for {self.family}"
            )
        if self.shortcut_batch_norm and not self.residual:
            raise ValueError("`shortcut_batch_norm: true` needs shortcuts: drop `residual: false`")
        return self


def check_grid(spec: NetworkSpec, depth: int, width: int) -> None:
    """Refuse a depth or width that the family cannot have.

    Raises
    ------
    InputError
        One line with the value, what is allowed and the nearest right value.
    """
    if spec.family == "imported":
        if depth != 0 or width != 0:
            raise InputError(
                f"depth {depth} and width {width} for an imported network: it has its own; "
                "leave both out (or write 0) and set its size in `arguments`"
            )
        return
    if width < 1:
        raise InputError(f"width {width}: it multiplies the channels; allowed are 1, 2, 3, ...")
    if spec.family in BLOCK_FAMILIES:
        _check_block_depth(spec.family, depth)
    elif spec.family == "alexnet":
        if depth != ALEXNET_DEPTH:
            raise InputError(
                f"depth {depth}: an alexnet has five convolutions and three linear layers; the "
                f"nearest is {ALEXNET_DEPTH}"
            )
    elif depth < 1:
        raise InputError(f"depth {depth}: a {spec.family} has 1 layer or more; the nearest is 1")


def blocks_per_stage(depth: int) -> int:
    """Give the number n of blocks in each of the three stages of a network of depth 6n + 2."""
    return (depth - 2) // 6


def _check_block_depth(family: str, depth: int) -> None:
    if depth >= 8 and depth % 6 == 2:
        return
    below = 6 * blocks_per_stage(depth) + 2
    nearest = "8" if depth < 8 else f"{below} and {below + 6}"
    raise InputError(
        f"depth {depth}: a {family} has depth 6n+2, that is 8, 14, 20, ...; nearest: {nearest}"
    )
