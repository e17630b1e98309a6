"""An image as a plain value, and its translation to and from the wire."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import Enum

from maquette_client.errors import ClientError
from maquette_client.v1 import common_pb2

MAXIMUM_INLINE_BYTES = 1024 * 1024


class PixelFormat(Enum):
    """Channels and sample type of one pixel: the value is (wire number, channels, bytes per sample). Little-endian."""

    GRAY_U8 = (common_pb2.PIXEL_FORMAT_GRAY_U8, 1, 1)
    GRAY_U16 = (common_pb2.PIXEL_FORMAT_GRAY_U16, 1, 2)
    GRAY_F16 = (common_pb2.PIXEL_FORMAT_GRAY_F16, 1, 2)
    GRAY_F32 = (common_pb2.PIXEL_FORMAT_GRAY_F32, 1, 4)
    RGB_U8 = (common_pb2.PIXEL_FORMAT_RGB_U8, 3, 1)
    RGB_U16 = (common_pb2.PIXEL_FORMAT_RGB_U16, 3, 2)
    RGB_F16 = (common_pb2.PIXEL_FORMAT_RGB_F16, 3, 2)
    RGB_F32 = (common_pb2.PIXEL_FORMAT_RGB_F32, 3, 4)
    RGBA_U8 = (common_pb2.PIXEL_FORMAT_RGBA_U8, 4, 1)
    RGBA_U16 = (common_pb2.PIXEL_FORMAT_RGBA_U16, 4, 2)
    RGBA_F16 = (common_pb2.PIXEL_FORMAT_RGBA_F16, 4, 2)
    RGBA_F32 = (common_pb2.PIXEL_FORMAT_RGBA_F32, 4, 4)

    def __init__(self, number: int, channels: int, sample_bytes: int) -> None:
        self.number = number
        self.channels = channels
        self.sample_bytes = sample_bytes


class ColourSpace(Enum):
    """How sample values map to light; the value is the wire number."""

    SRGB = common_pb2.COLOUR_SPACE_SRGB
    LINEAR_REC709 = common_pb2.COLOUR_SPACE_LINEAR_REC709
    DATA = common_pb2.COLOUR_SPACE_DATA


class AlphaMode(Enum):
    """How colour and coverage are combined; the value is the wire number."""

    OPAQUE = common_pb2.ALPHA_MODE_OPAQUE
    STRAIGHT = common_pb2.ALPHA_MODE_STRAIGHT
    PREMULTIPLIED = common_pb2.ALPHA_MODE_PREMULTIPLIED


_PIXEL_FORMATS = {pixel_format.number: pixel_format for pixel_format in PixelFormat}


@dataclass(frozen=True)
class Image:
    """Raw pixels and what they mean. Rows run from top to bottom without padding."""

    width: int
    height: int
    pixels: bytes
    pixel_format: PixelFormat = PixelFormat.RGB_U8
    colour_space: ColourSpace = ColourSpace.SRGB
    alpha_mode: AlphaMode = AlphaMode.OPAQUE

    @property
    def byte_size(self) -> int:
        """Bytes that the description asks for."""
        return self.width * self.height * self.pixel_format.channels * self.pixel_format.sample_bytes


def check_image(image: Image) -> Image:
    """The image itself.

    Raises:
        ClientError: IMAGE_CORRUPT when its bytes do not fit its description.
    """
    if image.width < 1 or image.height < 1 or len(image.pixels) != image.byte_size:
        raise _corrupt(
            f"An image of {image.width} × {image.height} {image.pixel_format.name} pixels has {len(image.pixels)} bytes"
            f" instead of {max(image.byte_size, 0)}."
        )
    return image


def spec_of(image: Image) -> common_pb2.ImageSpec:
    """An image's description for the wire."""
    return common_pb2.ImageSpec(
        width=image.width,
        height=image.height,
        pixel_format=image.pixel_format.number,  # type: ignore[arg-type]
        colour_space=image.colour_space.value,
        alpha_mode=image.alpha_mode.value,
    )


def image_from_spec(spec: common_pb2.ImageSpec, pixels: bytes) -> Image:
    """The image that a description from the wire and its bytes make.

    Raises:
        ClientError: IMAGE_CORRUPT when the description names something unknown or the bytes do not fit it.
    """
    try:
        pixel_format = _PIXEL_FORMATS[spec.pixel_format]
        colour_space, alpha_mode = ColourSpace(spec.colour_space), AlphaMode(spec.alpha_mode)
    except (KeyError, ValueError) as error:
        raise _corrupt("The daemon described an image in a way that this version does not know.") from error
    return check_image(Image(spec.width, spec.height, pixels, pixel_format, colour_space, alpha_mode))


def inline_image(message: common_pb2.Image) -> Image:
    """An image that travelled inside a message.

    Raises:
        ClientError: IMAGE_CORRUPT when its pixels are elsewhere or do not fit its description.
    """
    if message.WhichOneof("data") != "inline":
        raise _corrupt("The daemon's image does not hold its pixels.")
    return image_from_spec(message.spec, message.inline)


def png_bytes(image: Image) -> bytes:
    """The image as a PNG file, lossless.

    Raises:
        ClientError: IMAGE_FORMAT_UNSUPPORTED for half and single precision pixels, which PNG cannot hold.
    """
    colour_types = {1: 0, 3: 2, 4: 6}
    if image.pixel_format.name.endswith(("F16", "F32")):
        raise ClientError(
            "IMAGE_FORMAT_UNSUPPORTED", "PNG cannot hold floating-point pixels.", "Ask for 8 or 16 bits per sample."
        )
    check_image(image)
    pixels, row_bytes = image.pixels, len(image.pixels) // image.height
    if image.pixel_format.sample_bytes == 2:
        swapped = bytearray(len(pixels))
        swapped[0::2], swapped[1::2] = pixels[1::2], pixels[0::2]
        pixels = bytes(swapped)
    rows = b"".join(b"\0" + pixels[start : start + row_bytes] for start in range(0, len(pixels), row_bytes))
    header = struct.pack(
        ">IIBBBBB",
        image.width,
        image.height,
        8 * image.pixel_format.sample_bytes,
        colour_types[image.pixel_format.channels],
        0,
        0,
        0,
    )
    chunks = (_png_chunk(b"IHDR", header), _png_chunk(b"IDAT", zlib.compress(rows, 6)), _png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _corrupt(message: str) -> ClientError:
    return ClientError("IMAGE_CORRUPT", message, "Try again; if it stays so, the daemon and the plugin do not match.")
