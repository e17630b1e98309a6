from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.imaging.documents import colours, has_alpha, native
from maquette.imaging.picture import AlphaMode, ColourSpace, PictureSpec, PixelFormat

INTEGERS = [pixel_format for pixel_format in PixelFormat if pixel_format.sample_type.startswith("u")]
FLOATS = [pixel_format for pixel_format in PixelFormat if pixel_format.sample_type.startswith("f")]


def spec_of(pixel_format: PixelFormat, space: ColourSpace, alpha: AlphaMode) -> PictureSpec:
    return PictureSpec(16, 4, pixel_format, space, alpha if pixel_format.channels == 4 else AlphaMode.OPAQUE)


@pytest.mark.parametrize("pixel_format", INTEGERS)
@pytest.mark.parametrize("space", ColourSpace)
def test_every_integer_sample_comes_back_as_it_was(pixel_format: PixelFormat, space: ColourSpace) -> None:
    spec = spec_of(pixel_format, space, AlphaMode.STRAIGHT)
    full = np.iinfo(pixel_format.sample_type).max
    count = 256 if full == 255 else 8192
    ramp = np.linspace(1, full, count).round().astype(pixel_format.sample_type)
    pixels = np.repeat(ramp[None, :, None], pixel_format.channels, axis=2)
    there = colours(pixels, spec)
    assert there.known.all()
    np.testing.assert_array_equal(native(there.rgb, there.alpha, spec), pixels)


@pytest.mark.parametrize("pixel_format", FLOATS)
@pytest.mark.parametrize("space", ColourSpace)
def test_high_dynamic_range_survives(pixel_format: PixelFormat, space: ColourSpace) -> None:
    spec = spec_of(pixel_format, space, AlphaMode.OPAQUE)
    ramp = np.geomspace(0.001, 400.0, 64).astype(pixel_format.sample_type)
    pixels = np.repeat(ramp[None, :, None], pixel_format.channels, axis=2)
    if pixel_format.channels == 4:
        pixels[..., 3] = 1
    there = colours(pixels, spec)
    tolerance = 2e-3 if pixel_format.sample_type == "float16" else 1e-5
    np.testing.assert_allclose(native(there.rgb, there.alpha, spec), pixels, rtol=tolerance)


def test_linear_light_is_encoded() -> None:
    spec = PictureSpec(1, 1, PixelFormat.RGB_F32, ColourSpace.LINEAR_REC709)
    there = colours(np.full((1, 1, 3), 0.2140411, np.float32), spec)
    assert there.rgb[0, 0].tolist() == pytest.approx([0.5, 0.5, 0.5], abs=1e-5)


def test_premultiplied_and_straight_alpha_are_the_same_colour() -> None:
    straight = np.array([[[200, 100, 50, 128]]], np.uint16) * 257
    premultiplied = straight.copy()
    premultiplied[..., :3] = np.rint(straight[..., :3] * (straight[..., 3:] / 65535))
    for pixels, mode in ((straight, AlphaMode.STRAIGHT), (premultiplied, AlphaMode.PREMULTIPLIED)):
        spec = PictureSpec(1, 1, PixelFormat.RGBA_U16, ColourSpace.SRGB, mode)
        there = colours(pixels, spec)
        assert there.rgb[0, 0].tolist() == pytest.approx([200 / 255, 100 / 255, 50 / 255], abs=1e-4)
        np.testing.assert_array_equal(native(there.rgb, there.alpha, spec), pixels)


def test_premultiplied_linear_light_is_divided_before_it_is_encoded() -> None:
    spec = PictureSpec(1, 1, PixelFormat.RGBA_F32, ColourSpace.LINEAR_REC709, AlphaMode.PREMULTIPLIED)
    there = colours(np.array([[[0.10702055, 0.10702055, 0.10702055, 0.5]]], np.float32), spec)
    assert there.rgb[0, 0].tolist() == pytest.approx([0.5, 0.5, 0.5], abs=1e-5)


def test_what_holds_no_colour_is_not_known() -> None:
    pixels = np.ones((1, 4, 4), np.float32)
    pixels[0, 0, 3], pixels[0, 1, 0], pixels[0, 2, 1] = 0.0, np.nan, np.inf
    there = colours(pixels, PictureSpec(4, 1, PixelFormat.RGBA_F32, alpha_mode=AlphaMode.STRAIGHT))
    assert there.known[0].tolist() == [False, False, False, True]
    assert np.isfinite(there.rgb).all()


def test_an_unused_fourth_channel_means_nothing() -> None:
    spec = PictureSpec(1, 1, PixelFormat.RGBA_U8)
    assert not has_alpha(spec)
    there = colours(np.array([[[9, 9, 9, 0]]], np.uint8), spec)
    assert there.known.all()
    assert native(there.rgb, there.alpha, spec)[0, 0].tolist() == [9, 9, 9, 255]


@given(st.lists(st.floats(-2, 3, width=32), min_size=3, max_size=3))
@settings(max_examples=30)
def test_integers_round_to_the_nearest_and_stop_at_their_ends(rgb: list[float]) -> None:
    spec = PictureSpec(1, 1, PixelFormat.RGB_U8)
    samples = native(np.array([[rgb]], np.float32), np.ones((1, 1), np.float32), spec)[0, 0]
    for sample, value in zip(samples.tolist(), rgb, strict=True):
        assert abs(sample - min(255.0, max(0.0, value * 255))) <= 0.5 + 1e-4


def test_a_coloured_filling_of_a_grey_document_is_as_bright() -> None:
    spec = PictureSpec(1, 1, PixelFormat.GRAY_F32, ColourSpace.LINEAR_REC709)
    red = native(np.array([[[1.0, 0.0, 0.0]]], np.float32), np.ones((1, 1), np.float32), spec)
    assert float(red[0, 0, 0]) == pytest.approx(0.2126, abs=1e-4)
