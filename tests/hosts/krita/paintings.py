"""Small documents to work on, in Krita's own pixel orders and depths, and what may differ between two of them."""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import NDArray

DTYPES = {"U8": numpy.uint8, "U16": numpy.uint16, "F16": numpy.float16, "F32": numpy.float32}
CHANNELS = {"RGBA": 4, "GRAYA": 2}
WIDTH, HEIGHT = 200, 160

Pixels = NDArray[Any]

# A red ball on a lawn under a blue sky: x, y, width, height of what shall disappear.
BALL = [84, 74, 32, 32]


def lawn(width: int = WIDTH, height: int = HEIGHT, seed: int = 5) -> Pixels:
    """A sky over grass with a texture, without a ball: (H, W, 3) in [0, 1]."""
    down = numpy.linspace(0.0, 1.0, height)[:, None, None]
    noise = numpy.random.default_rng(seed).random((height, width, 1)) * 0.15
    sky = numpy.array([0.45, 0.65, 0.95]) + 0.3 * down
    grass = numpy.array([0.25, 0.5, 0.2]) * (0.6 + 0.4 * down) + noise * numpy.array([0.5, 1.0, 0.3])
    return numpy.clip(numpy.where(down < 0.4, sky, grass), 0.0, 1.0)


def with_ball(picture: Pixels) -> Pixels:
    """The same with a red ball at :data:`BALL`."""
    x, y, width, height = BALL
    rows, columns = numpy.mgrid[: picture.shape[0], : picture.shape[1]]
    inside = ((columns - x - width / 2 + 0.5) / (width / 2)) ** 2 + ((rows - y - height / 2 + 0.5) / (height / 2)) ** 2
    return numpy.where((inside <= 1)[..., None], numpy.array([0.9, 0.1, 0.1]), picture)


def as_krita(picture: Pixels, model: str = "RGBA", depth: str = "U8") -> Pixels:
    """Opaque pixels as a document of that model and depth stores them: (H, W, channels)."""
    colours = picture.mean(axis=2, keepdims=True) if model == "GRAYA" else picture
    if model == "RGBA" and depth.startswith("U"):
        colours = colours[..., ::-1]
    pixels = numpy.concatenate([colours, numpy.ones_like(colours[..., :1])], axis=2)
    dtype = DTYPES[depth]
    if depth.startswith("U"):
        return numpy.rint(pixels * numpy.iinfo(dtype).max).astype(dtype)
    return pixels.astype(dtype)


def differing(before: Pixels, after: Pixels) -> NDArray[numpy.bool_]:
    """Which pixels differ in any byte: (H, W)."""
    return (before.view(numpy.uint8) != after.view(numpy.uint8)).reshape(*before.shape[:2], -1).any(axis=2)


def grown(mask: NDArray[numpy.bool_], pixels: float) -> NDArray[numpy.bool_]:
    """Everything within so many pixels of the mask."""
    height, width = mask.shape
    reach = int(pixels)
    padded = numpy.pad(mask, reach)
    result = numpy.zeros_like(mask)
    for down in range(-reach, reach + 1):
        half = int((pixels**2 - down**2) ** 0.5)
        for across in range(-half, half + 1):
            result |= padded[reach + down : reach + down + height, reach + across : reach + across + width]
    return result


def redness(picture: Pixels) -> Pixels:
    """How much redder than green each pixel of an RGBA document is, in parts of full scale: (H, W)."""
    scale = 1.0 if picture.dtype.kind == "f" else float(numpy.iinfo(picture.dtype).max)
    red, green = (picture[..., 0], picture[..., 1]) if picture.dtype.kind == "f" else (picture[..., 2], picture[..., 1])
    return (red.astype(float) - green.astype(float)) / scale
