"""A picture as raw pixels with a full description of what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class PixelFormat(Enum):
    """Channels and sample type of one pixel: the value is (channels, bytes per sample, numpy type name)."""

    GRAY_U8 = (1, 1, "uint8")
    GRAY_U16 = (1, 2, "uint16")
    GRAY_F16 = (1, 2, "float16")
    GRAY_F32 = (1, 4, "float32")
    RGB_U8 = (3, 1, "uint8")
    RGB_U16 = (3, 2, "uint16")
    RGB_F16 = (3, 2, "float16")
    RGB_F32 = (3, 4, "float32")
    RGBA_U8 = (4, 1, "uint8")
    RGBA_U16 = (4, 2, "uint16")
    RGBA_F16 = (4, 2, "float16")
    RGBA_F32 = (4, 4, "float32")

    def __init__(self, channels: int, sample_bytes: int, sample_type: str) -> None:
        self.channels = channels
        self.sample_bytes = sample_bytes
        self.sample_type = sample_type

    @property
    def pixel_bytes(self) -> int:
        """Bytes of one pixel."""
        return self.channels * self.sample_bytes


class ColourSpace(Enum):
    """How sample values map to light."""

    SRGB = "srgb"
    LINEAR_REC709 = "linear_rec709"
    DATA = "data"


class AlphaMode(Enum):
    """How colour and coverage are combined in RGBA pixels."""

    OPAQUE = "opaque"
    STRAIGHT = "straight"
    PREMULTIPLIED = "premultiplied"


@dataclass(frozen=True)
class PictureSpec:
    """What a picture's bytes mean. Rows run from top to bottom, without padding, little-endian samples."""

    width: int
    height: int
    pixel_format: PixelFormat
    colour_space: ColourSpace = ColourSpace.SRGB
    alpha_mode: AlphaMode = AlphaMode.OPAQUE

    @property
    def byte_size(self) -> int:
        """Bytes of the whole picture."""
        return self.width * self.height * self.pixel_format.pixel_bytes


@dataclass(frozen=True)
class Picture:
    """Raw pixels (``spec.byte_size`` bytes) and their description."""

    spec: PictureSpec
    pixels: bytes
