"""Colour as light and as numbers. Functions of float32 arrays; colours are on the last axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear red, green and blue in the relative luminance (Rec. 709)."""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
    np.float32,
)
_WHITE = _TO_XYZ.sum(axis=1)


def encoded(linear: FloatArray) -> FloatArray:
    """sRGB values of linear light (IEC 61966-2-1), continued beyond 1 and, mirrored, below 0."""
    size = np.abs(linear)
    curve = np.float32(1.055) * np.power(size, np.float32(1 / 2.4)) - np.float32(0.055)
    return np.copysign(np.where(size <= 0.0031308, np.float32(12.92) * size, curve), linear).astype(np.float32)


def decoded(srgb: FloatArray) -> FloatArray:
    """Linear light of sRGB values: the inverse of :func:`encoded`."""
    size = np.abs(srgb)
    curve = np.power((size + np.float32(0.055)) / np.float32(1.055), np.float32(2.4))
    return np.copysign(np.where(size <= 0.04045, size / np.float32(12.92), curve), srgb).astype(np.float32)


def luminance(linear: FloatArray) -> FloatArray:
    """Relative luminance (…) of linear light (…, 3)."""
    return linear @ LUMINANCE


def grey_of(srgb: FloatArray) -> FloatArray:
    """The sRGB value (…) of the grey that is as bright as a colour (…, 3)."""
    return encoded(luminance(decoded(srgb)))


def lab(srgb: FloatArray) -> FloatArray:
    """CIE L*a*b* (…, 3) of sRGB colours, relative to their own white (D65)."""
    ratio = (decoded(srgb) @ _TO_XYZ.T) / _WHITE
    small = (24389 / 27 * ratio + 16) / 116
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), small)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def difference(one: FloatArray, other: FloatArray) -> FloatArray:
    """ΔE of CIE 1976 (…) between sRGB colours (…, 3)."""
    return np.asarray(np.linalg.norm(lab(one) - lab(other), axis=-1), np.float32)


def with_luminance(srgb: FloatArray, grey: FloatArray) -> FloatArray:
    """The colours (…, 3) made as bright as ``grey`` (…): hue stays, and colour fades where the gamut ends.

    The relative luminance of the result is that of ``grey`` exactly, up to rounding.
    """
    target = decoded(grey)[..., None]
    light = np.maximum(decoded(srgb), 0.0)
    own = luminance(light)[..., None]
    scaled = np.where(own > 1e-6, light * (target / np.maximum(own, 1e-6)), target)
    chroma = scaled - target
    room = np.where(chroma > 0, np.maximum(1.0, target) - target, target)
    share = np.where(np.abs(chroma) > 1e-9, room / np.maximum(np.abs(chroma), 1e-9), 1.0)
    kept = np.clip(share.min(axis=-1, keepdims=True), 0.0, 1.0)
    return encoded((target + kept * chroma).astype(np.float32))
