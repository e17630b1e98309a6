"""What JPEG kept of a picture, read off its pixels: quantised blocks, and the pictures that they could come from.

A decoded JPEG's blocks are whole multiples of the quantisation table's numbers (ITU-T T.81, A.3.3 and A.3.4). From the
multiples the table can be told, and the true picture's blocks cannot be farther from them than half a step.
Luma and chroma are those of ITU-T T.871, tables those of the Independent JPEG Group's library.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from maquette.imaging.colour import FloatArray

BLOCK = 8
CHROMA_BLOCK = 2 * BLOCK
"""Chroma is mostly kept at half the size, so that its blocks are twice as wide."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_TO_CHROMA = np.array([[-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)
_FROM_CHROMA = np.array([[0.0, -0.344136, 1.772], [1.402, -0.714136, 0.0]], np.float32)
_LUMA_TABLE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
_CHROMA_TABLE = np.full((BLOCK, BLOCK), 99)
_CHROMA_TABLE[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]
_MOST_BLOCKS, _MOST_LOOKED_AT = 1024, 8192
_LEAST_COEFFICIENTS = 64
_FINEST = 96
_ALIKE = 5
"""So many tables in a row are so alike that the first may pass for the right one."""
_ROUNDING = np.full((BLOCK, BLOCK), 1.0, np.float32)
_ROUNDING[0, 0] = 4.0
"""How far rounded pixels bring coefficients from their multiples; a flat block is off by half a level throughout."""
_TELLING = 0.3
"""What is less than this share of a step is nothing."""
_LARGEST_ERROR = 0.05
_REACH = 0.35
"""How far in steps true coefficients mostly are from their multiples: half a step at the most, and seldom that far."""


def quantisation_table(quality: int, chroma: bool = False) -> FloatArray:
    """The table (8, 8) of a quality, 1 to 100; rows are vertical frequencies."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    table = ((_CHROMA_TABLE if chroma else _LUMA_TABLE) * scale + 50) // 100
    return table.clip(1, 255).astype(np.float32)


def _cells(values: FloatArray) -> FloatArray:
    """The whole blocks (h, w, 8, 8, …) of pixels (H, W, …)."""
    rows, columns = values.shape[0] // BLOCK, values.shape[1] // BLOCK
    cut = values[: rows * BLOCK, : columns * BLOCK]
    return cut.reshape(rows, BLOCK, columns, BLOCK, *values.shape[2:]).swapaxes(1, 2)


def _coefficients(cells: FloatArray) -> FloatArray:
    """Of blocks (…, 8, 8) of pixels in [-128, 127]."""
    return cast("FloatArray", fft.dctn(cells, axes=(-2, -1), norm="ortho"))


def _plane(blocks: FloatArray) -> FloatArray:
    pixels = cast("FloatArray", fft.idctn(blocks, axes=(-2, -1), norm="ortho"))
    rows, columns = blocks.shape[:2]
    return pixels.swapaxes(1, 2).reshape(rows * BLOCK, columns * BLOCK)


def _luma(rgb: FloatArray) -> FloatArray:
    return rgb @ _LUMA * np.float32(255) - np.float32(128)


def quality_of_blocks(rgb: FloatArray) -> int | None:
    """The quality of the standard table that a decoded JPEG's blocks are multiples of; None when they are of none.

    Several tables fit, since a multiple of 10 is one of 5: the coarsest is the one that was used.

    Args:
        rgb: (H, W, 3) sRGB-encoded in [0, 1]; the first block begins at the first pixel.
    """
    cells = _thinned(_cells(rgb).reshape(-1, BLOCK, BLOCK, 3), _MOST_LOOKED_AT)
    # Where black or white was cut off, what is left is no multiple any more.
    unclipped = cells[((cells > 0) & (cells < 1)).all(axis=(1, 2, 3))]
    some = _coefficients(_luma(_thinned(unclipped, _MOST_BLOCKS)))
    found = (quality for quality in range(1, _FINEST) if _excess_share(some, quality, 0.75) <= _LARGEST_ERROR)
    coarsest = next(found, None)
    if coarsest is None:
        return None
    return min(range(coarsest, coarsest + _ALIKE), key=lambda quality: _excess_share(some, quality, 0.9))


def _thinned(cells: FloatArray, most: int) -> FloatArray:
    """Evenly chosen ones of (N, …), ``most`` of them at the most."""
    return cells[:: -(-len(cells) // most) or 1]


def _excess_share(blocks: FloatArray, quality: int, share: float) -> float:
    """How far this share of blocks (N, 8, 8) at the most is from multiples, beyond rounding, in steps of the table."""
    table = quantisation_table(quality)
    telling = (np.abs(blocks) > _TELLING * table) & (table >= 4 * _ROUNDING)
    if int(telling.sum()) < _LEAST_COEFFICIENTS:
        return 1.0
    errors = np.abs(blocks - np.rint(blocks / table) * table)
    excess = ((errors - _ROUNDING).clip(min=0) / table)[telling]
    return float(cast("np.float64", np.quantile(excess, share)))


def consistent(restored: FloatArray, damaged: FloatArray, quality: int) -> FloatArray:
    """The picture nearest to a restored one whose blocks are those that JPEG kept, give or take a third of a step.

    Rosenholtz and Zakhor 1992 let blocks differ by half a step; a narrower set is nearer to the truth on average (Park
    and Lee 1999).

    Args:
        restored: (H, W, 3) sRGB-encoded in [0, 1].
        damaged: (H, W, 3), the decoded JPEG; its first block begins at the first pixel.
        quality: of its table.

    Returns:
        (H, W, 3) in [0, 1]. Blocks at the right and lower edge that are not whole stay as they are.
    """
    height, width = (length // BLOCK * BLOCK for length in restored.shape[:2])
    result = restored.copy()
    luma = _excess(_luma(restored), _luma(damaged), quantisation_table(quality))
    result[:height, :width] -= luma[..., None] / np.float32(255)
    height, width = (length // CHROMA_BLOCK * CHROMA_BLOCK for length in restored.shape[:2])
    coarse = [_halved(lot[:height, :width]) * np.float32(255) for lot in (restored, damaged)]
    table = quantisation_table(quality, chroma=True)
    for to_chroma, from_chroma in zip(_TO_CHROMA, _FROM_CHROMA, strict=True):
        excess = _excess(coarse[0] @ to_chroma, coarse[1] @ to_chroma, table) / np.float32(255)
        result[:height, :width] -= excess.repeat(2, axis=0).repeat(2, axis=1)[..., None] * from_chroma
    return result.clip(0, 1)


def _halved(rgb: NDArray[np.float32]) -> FloatArray:
    height, width = rgb.shape[:2]
    return rgb.reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))


def _excess(plane: FloatArray, damaged: FloatArray, table: FloatArray) -> FloatArray:
    """By how much (H, W), in whole blocks, a plane is farther from what was kept than `_REACH` allows."""
    blocks, given = (_coefficients(_cells(values)) for values in (plane, damaged))
    kept = np.rint(given / table) * table
    return _plane(blocks - blocks.clip(kept - _REACH * table, kept + _REACH * table))
