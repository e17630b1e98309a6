"""How strongly a picture was compressed by JPEG, on the scale 1 to 100 of the Independent JPEG Group.

Out of the file the quantisation tables say it. Out of pixels alone it can only be guessed: from how much larger the
steps across the edges of 8 × 8 blocks are than the steps within blocks.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, UnidentifiedImageError

from maquette.imaging.colour import FloatArray

_BLOCK = 8
# Luminance table of ITU-T T.81, annex K.1, row by row: what quality 50 uses.
_STANDARD_TABLE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
# Measured: medians of four photographs compressed with Pillow.
_QUALITIES = (3, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 100)
_BLOCKINESS = (5.0, 3.94, 2.56, 2.09, 1.85, 1.61, 1.50, 1.40, 1.33, 1.21, 1.07, 1.0)
_LARGEST_STEP = 0.1


def table_of_quality(quality: int) -> tuple[int, ...]:
    """The 64 divisors of the luminance that libjpeg uses for a quality, in the order of annex K.1."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return tuple(min(255, max(1, int((entry * scale + 50) / 100))) for entry in _STANDARD_TABLE)


def quality_of_table(table: Sequence[int]) -> int:
    """The quality whose luminance table is nearest to one of a file, in any order."""
    total = sum(table)
    return min(range(1, 101), key=lambda quality: abs(sum(table_of_quality(quality)) - total))


def quality_of_file(content: bytes) -> int | None:
    """The quality that a JPEG file was saved with; None when the bytes are no JPEG."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            tables = getattr(picture, "quantization", None)
    except (UnidentifiedImageError, OSError):
        return None
    return quality_of_table(next(iter(tables.values()))) if tables else None


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
