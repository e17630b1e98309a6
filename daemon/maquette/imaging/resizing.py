"""Changing the size of float32 arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import BoolArray
from maquette.imaging.rectangle import Rectangle

Box = tuple[float, float, float, float]


def _resized_channel(channel: FloatArray, width: int, height: int, box: Box) -> FloatArray:
    left, top, right, bottom = box
    shrinks = width < right - left or height < bottom - top
    resampling = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    picture = Image.fromarray(np.ascontiguousarray(channel)).resize((width, height), resampling, box=box)
    return np.asarray(picture, np.float32)


def resized(values: FloatArray, width: int, height: int, box: Box | None = None) -> FloatArray:
    """(H, W) or (H, W, C) at another size: area means when a side shrinks, cubic interpolation otherwise.

    Args:
        box: left, top, right and bottom edge of the part to take, in pixels that may be fractions; None = all.
    """
    if box is None:
        if values.shape[:2] == (height, width):
            return values
        box = (0.0, 0.0, float(values.shape[1]), float(values.shape[0]))
    if values.ndim == 2:
        return _resized_channel(values, width, height, box)
    channels = [_resized_channel(values[..., index], width, height, box) for index in range(values.shape[-1])]
    return np.stack(channels, axis=-1)


def box_of(part: Rectangle, place: Rectangle, shape: tuple[int, ...]) -> Box:
    """Where a part of a place lies in a picture (of ``shape``) of that place at another size."""
    across, down = shape[1] / place.width, shape[0] / place.height
    local = part.within(place)
    return (
        local.left * across,
        local.top * down,
        min(local.right * across, float(shape[1])),
        min(local.bottom * down, float(shape[0])),
    )


def resized_known(values: FloatArray, known: BoolArray, width: int, height: int) -> tuple[FloatArray, BoolArray]:
    """(H, W, C) at a smaller size from the known pixels (H, W) alone, and which pixels are known there.

    A pixel is known when at least half of the area that it stands for is.
    """
    if values.shape[:2] == (height, width):
        return values, known
    share = resized(known.astype(np.float32), width, height)
    total = resized(values * known[..., None], width, height)
    return (total / np.maximum(share, 1e-6)[..., None]).astype(np.float32), share >= 0.5


def fitted_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """Width and height with the same proportions whose longer side is at most ``longest``."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def thumbnail(rgb: FloatArray, longest: int) -> NDArray[np.uint8]:
    """(h, w, 3) samples of 8 bits, no side longer than ``longest``."""
    height, width = rgb.shape[:2]
    small = resized(rgb, *fitted_size(width, height, longest))
    return np.rint(np.clip(small, 0.0, 1.0) * np.float32(255)).astype(np.uint8)
