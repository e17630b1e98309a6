"""How strongly a picture was compressed by JPEG, on the scale 1 to 100 of the Independent JPEG Group.

A file's quantisation tables say it, and who has the file reads them (``maquette_client.jpeg_quality``). Pixels that are
still as they were decoded tell it as well (``jpeg_blocks``). Of others it can only be guessed: from how much larger the
steps across the edges of 8 × 8 blocks are than those within.
"""

from __future__ import annotations

import numpy as np

from maquette.imaging.colour import FloatArray

_BLOCK = 8
# Measured: medians of four photographs compressed with Pillow.
_QUALITIES = (3, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 100)
_BLOCKINESS = (5.0, 3.94, 2.56, 2.09, 1.85, 1.61, 1.50, 1.40, 1.33, 1.21, 1.07, 1.0)
_LARGEST_STEP = 0.1


def _steps(values: FloatArray) -> FloatArray:
    """Mean step between neighbouring columns of (H, W), by place within the blocks (8)."""
    steps = np.minimum(np.abs(np.diff(values, axis=1)), _LARGEST_STEP)
    return np.array([steps[:, place::_BLOCK].mean() for place in range(_BLOCK)], np.float32)


def blockiness(values: FloatArray) -> float:
    """Steps across block edges over steps within blocks; 1 = no blocks. The first block begins at the first pixel.

    Args:
        values: (H, W), sRGB-encoded, neither side shorter than two blocks.
    """
    steps = _steps(values) + _steps(values.T)
    return float((steps[-1] + 1e-4) / (np.median(steps[:-1]) + 1e-4))


def quality_of_pixels(values: FloatArray) -> int | None:
    """The quality that a grey picture (H, W) seems to have been saved with; None when it is too small to tell."""
    if min(values.shape) < 2 * _BLOCK:
        return None
    ratio = np.log(blockiness(values))
    return round(float(np.interp(ratio, np.log(_BLOCKINESS[::-1]), _QUALITIES[::-1])))
