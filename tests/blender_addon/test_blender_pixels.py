from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette_client.errors import ClientError
from maquette_client.images import AlphaMode, ColourSpace, Image, PixelFormat
from maquette_client.inversion import Part

from blender_addon.pixels import Pixels, decoded, encoded, image_of, shown, texels, with_patch


def every_byte(channels: int = 4) -> numpy.ndarray:
    """All 256 values of a byte in every channel, as Blender hands them out."""
    ramp = numpy.arange(256, dtype=numpy.float32).reshape(16, 16, 1) * numpy.float32(1 / 255)
    return numpy.repeat(ramp, channels, axis=2)


def pixels(values: numpy.ndarray, is_float: bool = False, has_coverage: bool = True) -> Pixels:
    return Pixels("Photo", values.astype(numpy.float32), is_float, is_float, has_coverage)


def test_every_byte_survives():
    image = image_of(pixels(every_byte()))
    assert image.pixel_format is PixelFormat.RGBA_U8
    assert image.alpha_mode is AlphaMode.STRAIGHT
    assert image.pixels[:4] == bytes([240] * 4)
    assert sorted(image.pixels[::4]) == list(range(256))


def test_a_fourth_channel_that_says_nothing_is_left_out():
    values = every_byte()
    values[..., 3] = 1
    image = image_of(pixels(values))
    assert (image.pixel_format, image.alpha_mode) == (PixelFormat.RGB_U8, AlphaMode.OPAQUE)
    assert image_of(pixels(every_byte(), has_coverage=False)).pixel_format is PixelFormat.RGB_U8


@pytest.mark.parametrize(
    ("channels", "pixel_format"), [(1, PixelFormat.GRAY_F32), (3, PixelFormat.RGB_F32), (4, PixelFormat.RGBA_F32)]
)
def test_light_is_sent_as_it_is(channels, pixel_format):
    values = numpy.random.default_rng(1).normal(2, 3, (3, 5, channels)).astype(numpy.float32)
    image = image_of(pixels(values, is_float=True))
    assert (image.width, image.height, image.pixel_format) == (5, 3, pixel_format)
    assert image.colour_space is ColourSpace.LINEAR_REC709
    assert image.pixels == values[::-1].tobytes()


def test_two_channels_are_refused():
    with pytest.raises(ClientError, match="2 channels"):
        image_of(pixels(numpy.zeros((2, 2, 2)), is_float=True))


@given(st.booleans(), st.integers(0, 3), st.integers(0, 2), st.integers(1, 3), st.integers(1, 3))
def test_only_the_part_is_patched(is_float, left, top, width, height):
    values = numpy.random.default_rng(2).random((5, 6, 4)).astype(numpy.float32)
    kind = numpy.float32 if is_float else numpy.uint8
    patch = numpy.full((height, width, 3), 7, kind)
    patch[0, :, 0] = 9
    name = PixelFormat.RGB_F32 if is_float else PixelFormat.RGB_U8
    image = Image(width, height, patch.tobytes(), name)
    after = with_patch(pixels(values, is_float), Part(left, top, width, height), image)[::-1]
    inside = after[top : top + height, left : left + width, :3]
    assert (inside == (patch if is_float else patch * numpy.float32(1 / 255))).all()
    untouched = numpy.ones((5, 6, 4), bool)
    untouched[top : top + height, left : left + width, :3] = False
    assert (after == values[::-1])[untouched].all()


@pytest.mark.parametrize(
    ("part", "image"),
    [
        (Part(0, 0, 2, 2), Image(1, 1, bytes(3))),
        (Part(5, 0, 2, 1), Image(2, 1, bytes(6))),
        (Part(0, 0, 1, 1), Image(1, 1, bytes(12), PixelFormat.RGB_F32)),
    ],
)
def test_a_patch_of_another_picture_is_refused(part, image):
    with pytest.raises(ClientError, match="another picture"):
        with_patch(pixels(numpy.zeros((5, 6, 4))), part, image)


def test_light_and_bytes_are_each_others_inverse():
    values = every_byte(1)
    assert numpy.abs(encoded(decoded(values)) - values).max() < 1e-6
    assert encoded(numpy.float32([-1, 5])).tolist() == pytest.approx([0, 1])


def test_what_is_shown_is_the_part_and_no_larger_than_needed():
    values = numpy.zeros((2200, 2100, 4), numpy.float32)
    values[-1, 0] = 1
    image = shown(values, Part(0, 0, 2100, 2200), is_linear=False)
    assert (image.width, image.height) == (700, 734)
    assert image.pixels[:4] == b"\xff\xff\xff\0"
    grey = shown(numpy.full((2, 2, 1), 0.5, numpy.float32), Part(0, 0, 2, 1), is_linear=True)
    assert grey.pixels == bytes([188] * 6)


def test_a_texture_stands_upright_and_lets_the_picture_through():
    image = Image(1, 2, bytes([255, 0, 0, 0, 0, 255]))
    values = texels(image, 0.25, is_linear=False)
    assert values[0, 0].tolist() == [0, 0, 1, 0.25]
    assert values[1, 0].tolist() == [1, 0, 0, 0.25]
    grey = texels(Image(1, 1, bytes([188] * 3)), 1.0, is_linear=True)
    assert grey[0, 0, 0] == pytest.approx(0.503, abs=1e-3)
