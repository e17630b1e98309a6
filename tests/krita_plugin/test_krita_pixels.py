"""Conversion of pixels: by slices of bytes, for every depth, without losing a bit."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette_krita import pixels
from maquette_krita.client import PixelFormat, Rectangle
from maquette_krita.colour import ColourFormat

DEPTHS = ("U8", "U16", "F16", "F32")
FORMATS = [ColourFormat(model, depth, "sRGB") for model in ("RGBA", "GRAYA") for depth in DEPTHS]
CODES = {"U8": "B", "U16": "H", "F16": "e", "F32": "f"}
FULL = {"U8": 255, "U16": 65535, "F16": 1.0, "F32": 1.0}

coverages = st.lists(st.sampled_from([0, 0, 1, 128, 254, 255, 255]), min_size=1, max_size=40).map(bytes)


def channels(content: bytes, colour: ColourFormat) -> list[tuple[float, ...]]:
    code, count = CODES[colour.depth], colour.pixel_bytes // colour.sample_bytes
    values = struct.unpack(f"<{len(content) // colour.sample_bytes}{code}", content)
    return [values[start : start + count] for start in range(0, len(values), count)]


def some_pixels(colour: ColourFormat, count: int, opaque: bool = False, seed: int = 1) -> bytes:
    draw, size = random.Random(seed), colour.pixel_bytes // colour.sample_bytes
    full = FULL[colour.depth]
    values = []
    for _ in range(count):
        pixel = [draw.random() * full if isinstance(full, float) else draw.randint(0, full) for _ in range(size)]
        values += [*pixel[:-1], full] if opaque else pixel
    return struct.pack(f"<{len(values)}{CODES[colour.depth]}", *values)


@pytest.mark.parametrize("colour", FORMATS, ids=str)
@pytest.mark.parametrize("opaque", [True, False])
def test_what_goes_to_the_wire_and_back_is_the_same_to_the_byte(colour, opaque):
    content = some_pixels(colour, 13, opaque)
    wire = colour.wire_format(with_alpha=not opaque)
    sent = pixels.to_wire(content, colour, wire)
    assert len(sent) == 13 * wire.channels * wire.sample_bytes
    assert pixels.from_wire(sent, wire, colour) == content


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_wire_has_red_first(depth):
    colour = ColourFormat("RGBA", depth, "sRGB")
    red, green, blue, alpha = (struct.pack(f"<{CODES[depth]}", FULL[depth] if full else 0) for full in (1, 0, 0, 1))
    stored = blue + green + red + alpha if depth in ("U8", "U16") else red + green + blue + alpha
    assert pixels.to_wire(stored, colour, PixelFormat[f"RGBA_{depth}"]) == red + green + blue + alpha


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_coloured_answer_without_alpha_becomes_opaque(depth):
    colour = ColourFormat("RGBA", depth, "sRGB")
    values = [0, 0.25, 1.0]
    wire = struct.pack(f"<3{CODES[depth]}", *(type(FULL[depth])(value * FULL[depth]) for value in values))
    stored = pixels.from_wire(wire, PixelFormat[f"RGB_{depth}"], colour)
    assert pixels.to_wire(stored, colour, PixelFormat[f"RGBA_{depth}"])[: len(wire)] == wire
    assert pixels.is_opaque(stored, colour)


@pytest.mark.parametrize("colour", FORMATS, ids=str)
def test_one_pixel_that_is_not_opaque_is_seen(colour):
    content = some_pixels(colour, 9, opaque=True)
    assert pixels.is_opaque(content, colour)
    assert not pixels.is_opaque(content + bytes(colour.pixel_bytes), colour)


@pytest.mark.parametrize("colour", FORMATS, ids=str)
@pytest.mark.parametrize("opaque", [True, False])
@settings(max_examples=25)
@given(coverage=coverages)
def test_alpha_is_multiplied_by_the_coverage_and_colours_stay(colour, opaque, coverage):
    content = some_pixels(colour, len(coverage), opaque)
    covered = channels(pixels.covered(content, coverage, colour), colour)
    step = 1 if colour.depth.startswith("U") else 0.001
    for before, after, cover in zip(channels(content, colour), covered, coverage, strict=True):
        assert after[:-1] == before[:-1]
        assert abs(after[-1] - before[-1] * cover / 255) <= step
        if cover in (0, 255):
            assert after[-1] == before[-1] * (cover // 255)


@pytest.mark.parametrize("colour", FORMATS, ids=str)
@settings(max_examples=25)
@given(coverage=coverages)
def test_mixing_takes_the_old_pixel_where_nothing_is_covered_and_the_new_where_all_is(colour, coverage):
    old, new = some_pixels(colour, len(coverage), seed=2), some_pixels(colour, len(coverage), seed=3)
    mixed, size = pixels.mixed(old, new, coverage, colour), colour.pixel_bytes
    step = 1 if colour.depth.startswith("U") else 0.001
    for index, cover in enumerate(coverage):
        here = slice(index * size, (index + 1) * size)
        if cover in (0, 255):
            assert mixed[here] == (new if cover else old)[here]
            continue
        for a, b, c in zip(*(channels(each[here], colour)[0] for each in (old, new, mixed)), strict=True):
            assert abs(c - (a + (b - a) * cover / 255)) <= step


@settings(max_examples=25)
@given(first=coverages)
def test_the_product_of_coverages_is_exact_where_one_is_all_or_nothing(first):
    second = bytes(reversed(first))
    product = pixels.multiplied(first, second)
    for a, b, c in zip(first, second, product, strict=True):
        assert abs(c - a * b / 255) <= 0.5
        assert c == (b if a == 255 else 0 if a == 0 else c)


@settings(max_examples=25)
@given(
    left=st.integers(-9, 9),
    top=st.integers(-9, 9),
    width=st.integers(1, 5000),
    height=st.integers(1, 300),
    pixel_bytes=st.sampled_from([1, 4, 16]),
)
def test_strips_cover_a_rectangle_once_from_top_to_bottom(left, top, width, height, pixel_bytes):
    strips = list(pixels.strips(Rectangle(left, top, width, height), pixel_bytes, 4096))
    assert [strip.top for strip in strips] == [top, *(strip.bottom for strip in strips)][: len(strips)]
    assert strips[-1].bottom == top + height
    assert all((strip.left, strip.width) == (left, width) for strip in strips)
    assert all(strip.height == 1 or strip.height * width * pixel_bytes <= 4096 for strip in strips)
