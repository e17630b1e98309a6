"""A picture file taken apart: pixels, what they mean, and what goes back into the file unchanged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from maquette_client.errors import ClientError
from maquette_client.images import AlphaMode, ColourSpace, Image, PixelFormat
from numpy.typing import NDArray

Pixels = NDArray[Any]

_FORMATS = {(one.channels, one.sample_bytes, one.name.split("_")[1][0]): one for one in PixelFormat}
_NAMES = {"uint8": "8-bit", "uint16": "16-bit", "float16": "16-bit float", "float32": "32-bit float"}


@dataclass(frozen=True)
class Metadata:
    """What a file says besides its pixels.

    Attributes:
        icc_profile: what its colours are.
        exif: as a TIFF stream, without the name before it.
        xmp: XML.
        dots_per_inch: across and down.
        own: what only the same kind of file can keep, by the reader's own names.
    """

    icc_profile: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dots_per_inch: tuple[float, float] | None = None
    own: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Document:
    """A picture.

    Attributes:
        pixels: (height, width, 1 | 3 | 4), uint8, uint16, float16 or float32.
        alpha_mode: what the fourth channel means.
        kind: of the file that it comes from ("png", "jpeg", "tiff", "webp").
    """

    pixels: Pixels
    alpha_mode: AlphaMode
    kind: str
    metadata: Metadata = field(default_factory=Metadata)

    @property
    def colour_space(self) -> ColourSpace:
        """Floating-point pictures are proportional to light, all others are as on a screen."""
        return ColourSpace.LINEAR_REC709 if self.pixels.dtype.kind == "f" else ColourSpace.SRGB

    @property
    def depth(self) -> str:
        """Sample type as a person reads it."""
        return _NAMES[self.pixels.dtype.name]

    def with_pixels(self, pixels: Pixels) -> Document:
        """The same document with other pixels; a profile of grey does not describe colours."""
        metadata = self.metadata
        if pixels.shape[2] != self.pixels.shape[2]:
            metadata = replace(metadata, icc_profile=None)
        return replace(self, pixels=pixels, metadata=metadata)


def image_of(document: Document, pixels: Pixels | None = None) -> Image:
    """Pixels of a document (all, if none are given) as the client sends them."""
    array = document.pixels if pixels is None else pixels
    height, width, channels = array.shape
    pixel_format = _FORMATS[(channels, array.dtype.itemsize, array.dtype.kind.upper())]
    raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return Image(width, height, raw, pixel_format, document.colour_space, document.alpha_mode)


def pixels_of(image: Image) -> Pixels:
    """Pixels (height, width, channels) of what the daemon sent."""
    kind = "f" if image.pixel_format.name.split("_")[1].startswith("F") else "u"
    samples = np.frombuffer(image.pixels, f"<{kind}{image.pixel_format.sample_bytes}")
    native = samples.astype(samples.dtype.newbyteorder("="), copy=False)
    return native.reshape(image.height, image.width, image.pixel_format.channels)


def unsupported(message: str, action: str) -> ClientError:
    """The refusal of a file that would not come back as it was."""
    return ClientError("FILE_NOT_SUPPORTED", message, action)


def with_three_colours(pixels: Pixels) -> Pixels:
    """(H, W, 2) of grey and alpha as (H, W, 4): no host has grey with alpha."""
    return np.concatenate([np.repeat(pixels[..., :1], 3, axis=2), pixels[..., 1:]], axis=2)
