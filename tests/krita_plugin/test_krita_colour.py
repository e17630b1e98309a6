"""Krita's models, depths and profiles."""

from __future__ import annotations

import pytest
from maquette_krita.client import ClientError, ColourSpace, PixelFormat
from maquette_krita.colour import colour_format, in_colour


@pytest.mark.parametrize(
    ("profile", "space"),
    [
        ("sRGB-elle-V2-srgbtrc.icc", ColourSpace.SRGB),
        ("sRGB built-in", ColourSpace.SRGB),
        ("Gray-D50-elle-V2-srgbtrc.icc", ColourSpace.SRGB),
        ("ClayRGB-elle-V2-g22.icc", ColourSpace.SRGB),
        ("sRGB-elle-V2-g10.icc", ColourSpace.LINEAR_REC709),
        ("Gray-D50-elle-V2-g10.icc", ColourSpace.LINEAR_REC709),
        ("scRGB (linear)", ColourSpace.LINEAR_REC709),
        ("krita-2.5, lcms sRGB built-in with linear gamma TRC", ColourSpace.LINEAR_REC709),
    ],
)
def test_the_profile_tells_whether_values_are_linear(profile, space):
    assert colour_format("RGBA", "F32", profile).colour_space is space


@pytest.mark.parametrize(
    ("model", "name"), [("CMYKA", "CMYK"), ("LABA", r"L\*a\*b\*"), ("XYZA", "XYZ"), ("A", "alpha")]
)
def test_a_colour_model_that_is_not_supported_says_what_to_do(model, name):
    with pytest.raises(ClientError, match=name) as caught:
        colour_format(model, "U8", "")
    assert caught.value.reason == "COLOUR_UNSUPPORTED"
    assert "Convert Image Color Space" in caught.value.action


def test_an_absolute_brightness_curve_is_refused():
    with pytest.raises(ClientError, match="2084"):
        colour_format(
            "RGBA", "F32", "High Dynamic Range UHDTV Wide Color Gamut Display (Rec. 2020) - SMPTE ST 2084 PQ EOTF"
        )


def test_only_an_unusual_profile_has_a_note():
    assert colour_format("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc").note == ""
    assert "ClayRGB" in colour_format("RGBA", "U8", "ClayRGB-elle-V2-g22.icc").note


@pytest.mark.parametrize("depth", ["U8", "U16", "F16", "F32"])
def test_grey_travels_as_grey_unless_it_is_transparent(depth):
    grey = colour_format("GRAYA", depth, "Gray")
    assert grey.wire_format(with_alpha=False) is PixelFormat[f"GRAY_{depth}"]
    assert grey.wire_format(with_alpha=True) is PixelFormat[f"RGBA_{depth}"]


def test_colours_of_a_grey_layer_take_the_documents_profile_if_it_fits():
    grey = colour_format("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc")
    document = colour_format("RGBA", "U8", "sRGB built-in")
    assert in_colour(grey, document) == document
    deep = colour_format("GRAYA", "F32", "Gray-D50-elle-V2-g10.icc")
    assert in_colour(deep, document) == colour_format("RGBA", "F32", "sRGB-elle-V2-g10.icc")
