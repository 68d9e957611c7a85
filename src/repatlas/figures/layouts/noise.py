"""What the figures on learners of noisy labels are told."""

from pydantic import Field

from repatlas.figures.spec import Layout


class NoiseLayout(Layout):
    """Noise levels and sample sizes that a figure shows; the files say what was done."""

    snrs: tuple[float, ...] | None = Field(
        default=None, description="signal-to-noise ratios shown; null: all"
    )
    ratios: tuple[float, ...] = Field(
        default=(0.1, 0.5, 0.9, 1.25, 2.0, 4.0),
        min_length=1,
        description="samples over input dimensions shown, where only some are",
    )
    columns: int = Field(
        default=3, ge=1, description="panels side by side, where each shows other learners"
    )
