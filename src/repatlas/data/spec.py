"""What a study says of a data set."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from repatlas.section import Section, parse_section

Source = Literal["photos", "digits", "cifar10", "cifar100", "pcam", "mnist", "tree"]

MOST_IMAGES = 100_000_000
"""Images of a split, far more than any data set here has."""


def _check_amount(value: object) -> object:
    count = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_IMAGES
    share = isinstance(value, float) and 0 < value <= 1
    if not (count or share or value is None):
        raise ValueError(
            "must be a count (1 to 100 million), a share (above 0, at most 1.0) or null"
        )
    return value


Amount = Annotated[int | float | None, BeforeValidator(_check_amount)]
"""How many: an int is a count, a float a share of all, None means all."""


class DataSpec(Section):
    """A data set: where its images come from, their size and how many are taken."""

    source: Source = Field(
        "photos",
        description="photos: patches of ten photographs bundled with scikit-image and "
        "scikit-learn (no download). digits: scikit-learn's 8x8 digits. cifar10, cifar100, pcam, "
        "mnist: as torchvision lays them out. tree: your own images as split/class/name.",
    )
    root: str | None = Field(
        None,
        description="cifar10, cifar100, pcam, mnist: the folder given to torchvision as root "
        "(null: 'repatlas' in the user's cache folder). tree: a folder or tar (plain, gz, bz2 or "
        "xz) of train/class/name and test/class/name; val serves where there is no test.",
    )
    download: bool = Field(
        False,
        description="Fetch what is absent from root, checked against torchvision's checksums.",
    )
    size: int | None = Field(
        None,
        ge=4,
        le=4096,
        description="Side of the square images in pixels; null: as they come (photos: 32). "
        "Images are cut to a central square, then resized (area averages where they shrink); "
        "of pcam the central size x size pixels are taken, never resized.",
    )
    train: Amount = Field(
        None,
        description="Training images, balanced over the classes: a count, a share of all such "
        "as 0.0625, or null for all (photos: 5000).",
    )
    test: Amount = Field(None, description="Test images, as for train (photos: 1000).")
    subset_seed: int = Field(
        0, ge=0, description="Seed of the choice of images where not all are taken."
    )

    @model_validator(mode="after")
    def _check_source(self) -> "DataSpec":
        if self.source == "tree" and self.root is None:
            raise ValueError("source 'tree' needs 'root': the folder or tar with the images")
        if self.source in ("photos", "digits") and self.root is not None:
            raise ValueError(f"source '{self.source}' takes no 'root': its images are installed")
        if self.source in ("photos", "digits", "tree") and self.download:
            raise ValueError(f"source '{self.source}' has nothing to download: drop 'download'")
        return self


def parse_spec(text: str) -> DataSpec:
    """Read a spec from JSON.

    Raises
    ------
    InputError
        No JSON, an unknown key or an impossible value.
    """
    return parse_section(DataSpec, text, "data spec", show_value=True)
