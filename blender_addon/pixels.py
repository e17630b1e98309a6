"""Blender's pixels ↔ the client's images. Pure functions on arrays.

Blender keeps floats, rows from the bottom up. Of an 8-bit image they are its bytes divided by 255; of a float image
they are scene linear, with colour multiplied by alpha, whatever colour space its file has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from . import strings_picture as strings
from .client import AlphaMode, ClientError, ColourSpace, Image, PixelFormat, inversion

Floats = NDArray[numpy.float32]

LARGEST_SHOWN_SIDE = 1024
"""Pixels of the longer side of what is drawn over the view."""

_FORMATS = {
    False: {1: PixelFormat.GRAY_U8, 3: PixelFormat.RGB_U8, 4: PixelFormat.RGBA_U8},
    True: {1: PixelFormat.GRAY_F32, 3: PixelFormat.RGB_F32, 4: PixelFormat.RGBA_F32},
}


@dataclass(frozen=True)
class Pixels:
    """What an Image datablock holds.

    Attributes:
        name: of the datablock.
        values: (height, width, channels), rows from the bottom up.
        is_float: its depth is more than 8 bits.
        is_linear: its values are light.
        has_coverage: its fourth channel says how much of a pixel is covered.
    """

    name: str
    values: Floats
    is_float: bool
    is_linear: bool
    has_coverage: bool

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.values.shape[1], self.values.shape[0]


def image_of(pixels: Pixels) -> Image:
    """The image to send. A fourth channel that says nothing is left out.

    Raises:
        ClientError: IMAGE_FORMAT_UNSUPPORTED.
    """
    channels = pixels.values.shape[2]
    if channels not in _FORMATS[pixels.is_float]:
        message = strings.MANY_CHANNELS.format(name=pixels.name, channels=channels)
        raise ClientError("IMAGE_FORMAT_UNSUPPORTED", message, strings.MANY_CHANNELS_ACTION)
    covers = channels == 4 and pixels.has_coverage and bool((pixels.values[..., 3] != 1).any())
    kept = 3 if channels == 4 and not covers else channels
    samples = pixels.values[::-1, :, :kept]
    data = samples.astype("<f4") if pixels.is_float else _bytes(samples)
    width, height = pixels.size
    opaque = AlphaMode.PREMULTIPLIED if pixels.is_float else AlphaMode.STRAIGHT
    return Image(
        width,
        height,
        data.tobytes(),
        _FORMATS[pixels.is_float][kept],
        ColourSpace.LINEAR_REC709 if pixels.is_linear else ColourSpace.SRGB,
        opaque if covers else AlphaMode.OPAQUE,
    )


def with_patch(pixels: Pixels, part: inversion.Part, patch: Image) -> Floats:
    """The values with other ones in a part; every other value is the same float.

    Raises:
        ClientError: IMAGE_CORRUPT when the patch does not fit.
    """
    width, height = pixels.size
    kept, kind = patch.pixel_format.channels, "<f4" if pixels.is_float else "u1"
    fits = (patch.width, patch.height) == (part.width, part.height) and kept <= pixels.values.shape[2]
    fits = fits and part.left + part.width <= width and part.top + part.height <= height
    if not fits or patch.pixel_format is not _FORMATS[pixels.is_float].get(kept):
        raise ClientError("IMAGE_CORRUPT", "The edit is of another picture.", "Find the things in the picture again.")
    samples = numpy.frombuffer(patch.pixels, kind).reshape(part.height, part.width, kept)[::-1]
    bottom = height - part.top - part.height
    changed = pixels.values.copy()
    place = changed[bottom : bottom + part.height, part.left : part.left + part.width, :kept]
    place[...] = samples if pixels.is_float else samples * numpy.float32(1 / 255)
    return changed


def shown(values: Floats, part: inversion.Part, is_linear: bool) -> Image:
    """A part of a picture as 8-bit sRGB, no larger than what a view needs."""
    bottom = values.shape[0] - part.top - part.height
    cut = values[bottom : bottom + part.height, part.left : part.left + part.width]
    step = max(1, -(-max(part.width, part.height) // LARGEST_SHOWN_SIDE))
    samples = cut[::-1][::step, ::step, : min(3, cut.shape[2])]
    if samples.shape[2] != 3:
        samples = numpy.repeat(samples[..., :1], 3, axis=2)
    return Image(samples.shape[1], samples.shape[0], _bytes(encoded(samples) if is_linear else samples).tobytes())


def encoded(light: Floats) -> Floats:
    """sRGB values of linear ones (IEC 61966-2-1), 0 to 1."""
    light = numpy.clip(light, 0, 1)
    return numpy.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055).astype(numpy.float32)


def decoded(values: Floats) -> Floats:
    """Linear values of sRGB ones (IEC 61966-2-1)."""
    bent = ((values + 0.055) / 1.055) ** 2.4
    return numpy.where(values <= 0.04045, values / 12.92, bent).astype(numpy.float32)


def texels(image: Image, opacity: float, is_linear: bool) -> Floats:
    """RGBA values of an 8-bit image for a texture, rows from the bottom up.

    Args:
        opacity: 0 to 1, the fourth channel.
        is_linear: whether the texture is to hold light instead of sRGB values.
    """
    channels = image.pixel_format.channels
    samples = numpy.frombuffer(image.pixels, numpy.uint8).reshape(image.height, image.width, channels)
    colour = samples[::-1, :, :3] * numpy.float32(1 / 255)
    values = numpy.full((image.height, image.width, 4), opacity, numpy.float32)
    values[..., :3] = decoded(colour) if is_linear else colour
    return values


def _bytes(samples: Floats) -> NDArray[numpy.uint8]:
    return numpy.rint(numpy.clip(samples, 0, 1) * numpy.float32(255)).astype(numpy.uint8)
