"""Krita's colour models, depths and profiles, and what the wire calls them."""

from __future__ import annotations

from dataclasses import dataclass

from . import strings
from .client import ClientError, ColourSpace, PixelFormat

SAMPLE_BYTES = {"U8": 1, "U16": 2, "F16": 2, "F32": 4}
SRGB_PROFILE = "sRGB-elle-V2-srgbtrc.icc"
LINEAR_PROFILE = "sRGB-elle-V2-g10.icc"

_CHANNELS = {"RGBA": 4, "GRAYA": 2}
_MODEL_NAMES = {"CMYKA": "CMYK", "LABA": "L*a*b*", "XYZA": "XYZ", "YCbCrA": "YCbCr", "A": "alpha"}

# Parts of profile names, in lower case.
_LINEAR = ("-g10", "linear", "scrgb")
_ABSOLUTE = ("2084", " pq", "-pq", "hlg")
_SRGB = ("srgb", "gray", "grey", "scrgb")


@dataclass(frozen=True)
class ColourFormat:
    """How Krita stores a pixel: channels, then alpha, without padding.

    Attributes:
        model: Krita's name of the colour model, for example "RGBA".
        depth: U8, U16, F16 or F32.
        profile: Krita's name of the profile.
    """

    model: str
    depth: str
    profile: str

    @property
    def is_grey(self) -> bool:
        """One channel and alpha."""
        return self.model == "GRAYA"

    @property
    def sample_bytes(self) -> int:
        """Bytes of one channel of one pixel."""
        return SAMPLE_BYTES[self.depth]

    @property
    def pixel_bytes(self) -> int:
        """Bytes of one pixel."""
        return _CHANNELS[self.model] * self.sample_bytes

    @property
    def blue_first(self) -> bool:
        """Krita stores whole-number colours as blue, green, red and floating-point ones as red, green, blue."""
        return self.model == "RGBA" and self.depth in ("U8", "U16")

    @property
    def colour_space(self) -> ColourSpace:
        """What the sample values mean."""
        profile = self.profile.lower()
        return ColourSpace.LINEAR_REC709 if any(word in profile for word in _LINEAR) else ColourSpace.SRGB

    @property
    def note(self) -> str:
        """What a person should know about this profile; empty when there is nothing."""
        if any(word in self.profile.lower() for word in _SRGB):
            return ""
        return strings.OTHER_PROFILE.format(profile=self.profile)

    def wire_format(self, with_alpha: bool) -> PixelFormat:
        """The wire's pixel format: a grey picture with transparency travels as RGBA, which has no grey equal."""
        return PixelFormat[f"GRAY_{self.depth}" if self.is_grey and not with_alpha else f"RGBA_{self.depth}"]


def colour_format(model: str, depth: str, profile: str) -> ColourFormat:
    """What Krita says about a document or a layer, checked.

    Raises:
        ClientError: COLOUR_UNSUPPORTED.
    """
    if model not in _CHANNELS or depth not in SAMPLE_BYTES:
        name = _MODEL_NAMES.get(model, model)
        raise ClientError("COLOUR_UNSUPPORTED", strings.COLOUR_MODEL.format(model=name), strings.COLOUR_MODEL_ACTION)
    if any(word in profile.lower() for word in _ABSOLUTE):
        raise ClientError("COLOUR_UNSUPPORTED", strings.HDR_PROFILE.format(profile=profile), strings.HDR_PROFILE_ACTION)
    return ColourFormat(model, depth, profile)


def in_colour(grey: ColourFormat, document: ColourFormat) -> ColourFormat:
    """The colour format of the same depth and curve for what was made from a grey layer.

    Args:
        grey: of the layer.
        document: of the document, whose profile is taken if it fits.
    """
    if document.model == "RGBA" and document.depth == grey.depth and document.colour_space is grey.colour_space:
        return document
    profile = LINEAR_PROFILE if grey.colour_space is ColourSpace.LINEAR_REC709 else SRGB_PROFILE
    return ColourFormat("RGBA", grey.depth, profile)
