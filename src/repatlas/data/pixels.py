"""Images as rows of numbers."""

import numpy as np
from numpy.typing import NDArray


def flat_pixels(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Rows (n, d) of images (n, c, h, w); of images that are grey one channel is enough."""
    grey = bool((images == images[:, :1]).all())
    chosen = images[:, :1] if grey else images
    return chosen.reshape(len(chosen), -1).astype(np.float64)
