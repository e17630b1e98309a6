"""Small pictures of answers and previews."""

from __future__ import annotations

import asyncio
import struct

import pytest
from maquette_krita.answers import small_picture
from maquette_krita.client import ColourSpace, Image, PixelFormat


def uniform(wire: PixelFormat, values: list[float], width: int, height: int, space: ColourSpace) -> Image:
    depth = wire.name.split("_")[1]
    code, scale = {"U8": ("B", 255), "U16": ("H", 65535), "F16": ("e", None), "F32": ("f", None)}[depth]
    scaled = [round(value * scale) if scale else value for value in values[: wire.channels]]
    return Image(width, height, struct.pack(f"<{wire.channels}{code}", *scaled) * width * height, wire, space)


@pytest.mark.parametrize("wire", PixelFormat)
@pytest.mark.parametrize("space", [ColourSpace.SRGB, ColourSpace.LINEAR_REC709])
def test_a_small_picture_shows_the_colours_of_every_format(wire, space):
    image = uniform(wire, [0.5, 0.25, 1.0, 1.0], 100, 30, space)
    small = asyncio.run(small_picture(image, 20))
    assert (small.width, small.height) == (20, 6)
    linear = space is ColourSpace.LINEAR_REC709
    red, green, blue = [(188, 137, 255), (128, 64, 255)][not linear]
    expected = (red, red, red) if wire.channels == 1 else (red, green, blue)
    for got, wanted in zip(small.pixels[:3], expected, strict=True):
        assert abs(got - wanted) <= 2
    assert small.pixels == small.pixels[:3] * 120


@pytest.mark.parametrize(("width", "height", "side"), [(1, 1, 20), (1, 300, 20), (7, 5, 20), (4096, 3, 64)])
def test_a_small_picture_is_never_larger_than_asked_nor_empty(width, height, side):
    small = asyncio.run(small_picture(uniform(PixelFormat.RGB_U8, [1, 0, 0], width, height, ColourSpace.SRGB), side))
    assert 1 <= small.width <= side
    assert 1 <= small.height <= side
    assert small.pixels == b"\xff\x00\x00" * small.width * small.height


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), -1.0, 60000.0])
def test_what_no_screen_can_show_is_black_or_white(value):
    image = Image(1, 1, struct.pack("<3f", value, value, value), PixelFormat.RGB_F32, ColourSpace.LINEAR_REC709)
    assert asyncio.run(small_picture(image, 8)).pixels[0] == (255 if value > 1 else 0)
