"""How well a network does: at one moment, and on average over an epoch of training."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """A network as it stands, in evaluation mode, on images as they are.

    Attributes
    ----------
    loss
        Mean cross-entropy in nats, without label smoothing.
    accuracy
        Share of right answers.
    """

    loss: float
    accuracy: float


@dataclass(frozen=True)
class EpochSummary:
    """Means over an epoch's steps, of the network as it was at each of them.

    In training mode and on augmented images, so no measure of the network at the epoch's end.

    Attributes
    ----------
    loss
        Cross-entropy that was minimised, with label smoothing.
    accuracy
        Share of right answers.
    learning_rate
        Of the last step.
    penalty
        Principal-component regularisation, minimised besides the loss; None where there was none.
    """

    loss: float
    accuracy: float
    learning_rate: float
    penalty: float | None = None
