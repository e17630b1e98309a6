"""Conversion between pictures and numpy arrays, in one place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PictureSpec, PixelFormat

_FORMATS = {(pixel_format.channels, pixel_format.sample_type): pixel_format for pixel_format in PixelFormat}


def to_array(picture: Picture) -> NDArray[Any]:
    """Read-only view of a picture's pixels, shape (height, width, channels)."""
    spec = picture.spec
    samples = np.frombuffer(picture.pixels, dtype=spec.pixel_format.sample_type)
    return samples.reshape(spec.height, spec.width, spec.pixel_format.channels)


def from_array(
    array: NDArray[Any],
    colour_space: ColourSpace = ColourSpace.SRGB,
    alpha_mode: AlphaMode = AlphaMode.OPAQUE,
) -> Picture:
    """Picture of an array of shape (height, width) or (height, width, 1 | 3 | 4).

    Raises:
        ValueError: no pixel format has this number of channels and sample type.
    """
    pixels = array[:, :, None] if array.ndim == 2 else array
    height, width, channels = pixels.shape
    pixel_format = _FORMATS.get((channels, pixels.dtype.name))
    if pixel_format is None:
        raise ValueError(f"no pixel format for {channels} channels of {pixels.dtype.name}")
    spec = PictureSpec(width, height, pixel_format, colour_space, alpha_mode)
    return Picture(spec, np.ascontiguousarray(pixels).tobytes())
