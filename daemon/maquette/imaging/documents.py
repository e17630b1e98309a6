"""Between a document's own pixels and sRGB float, once each way.

A document is an array (H, W, C) in the sample type of its :class:`PictureSpec`. Here it becomes colours and alpha, and
these go back to the same depth, colour space and alpha mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maquette.imaging.colour import FloatArray, decoded, encoded, grey_of
from maquette.imaging.picture import AlphaMode, ColourSpace, PictureSpec

BoolArray = NDArray[np.bool_]
NativeArray = NDArray[Any]

FULL_SCALES = {"uint8": 255.0, "uint16": 65535.0, "float16": 1.0, "float32": 1.0}
"""The sample that means 1, by sample type."""

_LARGEST_HALF = 65504.0


@dataclass(frozen=True)
class Colours:
    """Pixels as models see them.

    Attributes:
        rgb: (H, W, 3) sRGB-encoded, straight, always finite; beyond 1 where the document is.
        alpha: (H, W) in [0, 1].
        known: (H, W), False where the document holds no colour: a sample is not finite, or alpha is 0.
    """

    rgb: FloatArray
    alpha: FloatArray
    known: BoolArray


def has_alpha(spec: PictureSpec) -> bool:
    """Whether the fourth channel means coverage."""
    return spec.pixel_format.channels == 4 and spec.alpha_mode is not AlphaMode.OPAQUE


def _finite(pixels: NativeArray, samples: FloatArray) -> BoolArray:
    if pixels.dtype.kind != "f":
        return np.ones(pixels.shape[:2], np.bool_)
    return np.isfinite(samples).all(axis=-1)


def colours(pixels: NativeArray, spec: PictureSpec) -> Colours:
    """Colours of a document's pixels (H, W, C); ``spec`` says what they mean, its size is not looked at."""
    samples = pixels.astype(np.float32) / np.float32(FULL_SCALES[spec.pixel_format.sample_type])
    finite = _finite(pixels, samples)
    if not finite.all():
        samples[~finite] = 0.0
    alpha = np.clip(samples[..., 3], 0.0, 1.0) if has_alpha(spec) else np.ones(finite.shape, np.float32)
    rgb = samples[..., :3]
    if has_alpha(spec) and spec.alpha_mode is AlphaMode.PREMULTIPLIED:
        rgb = rgb / np.where(alpha > 0, alpha, 1.0)[..., None]
    if spec.colour_space is ColourSpace.LINEAR_REC709:
        rgb = encoded(rgb)
    if rgb.shape[-1] == 1:
        rgb = np.repeat(rgb, 3, axis=-1)
    return Colours(np.ascontiguousarray(rgb), alpha, finite & (alpha > 0))


def native(rgb: FloatArray, alpha: FloatArray, spec: PictureSpec) -> NativeArray:
    """Pixels (H, W, C) of a document that show colours (H, W, 3) with an alpha (H, W).

    Integers are rounded to the nearest. A grey document gets the grey that is as bright; an unused fourth channel is
    full.
    """
    channels = spec.pixel_format.channels
    colour = grey_of(rgb)[..., None] if channels == 1 else rgb
    if spec.colour_space is ColourSpace.LINEAR_REC709:
        colour = decoded(colour)
    if channels == 4:
        coverage = (alpha if has_alpha(spec) else np.ones_like(alpha))[..., None]
        if spec.alpha_mode is AlphaMode.PREMULTIPLIED:
            colour = colour * coverage
        colour = np.concatenate([colour, coverage], axis=-1)
    return samples_of(colour, spec.pixel_format.sample_type)


def samples_of(values: FloatArray, sample_type: str) -> NativeArray:
    """Values in [0, 1] (floats: any) as samples of a type."""
    if sample_type == "float16":
        return np.clip(values, -_LARGEST_HALF, _LARGEST_HALF).astype(np.float16)
    if sample_type == "float32":
        return values.astype(np.float32)
    scale = FULL_SCALES[sample_type]
    return np.rint(np.clip(values, 0.0, 1.0) * np.float32(scale)).astype(sample_type)
