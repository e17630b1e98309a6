"""Krita's pixels ↔ the wire's, by slices of bytes: no numpy, and no Python code per pixel.

Everything here takes part of a picture (see :func:`strips`), so that a turn of the host's event loop stays short.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence

from .client import PixelFormat, Rectangle
from .colour import ColourFormat

STRIP_BYTES = 128 * 1024

# Where Python code has to look at each pixel.
SLOW_STRIP_BYTES = 8 * 1024

_OPAQUE = {"U8": b"\xff", "U16": b"\xff\xff", "F16": struct.pack("<e", 1.0), "F32": struct.pack("<f", 1.0)}

_FULL_ALONE = bytes(255) + b"\xff"
_PARTLY = re.compile(rb"[^\x00\xff]+")


def _tables(pack: str, scale: float) -> tuple[bytes, ...]:
    """For each byte of a sample, what coverage 0 … 255 puts there."""
    whole = pack in "BH"
    samples = [struct.pack(f"<{pack}", int(each * scale) if whole else each * scale) for each in range(256)]
    return tuple(bytes(sample[byte] for sample in samples) for byte in range(len(samples[0])))


_FROM_COVERAGE = {
    "U8": _tables("B", 1),
    "U16": _tables("H", 257),
    "F16": _tables("e", 1 / 255),
    "F32": _tables("f", 1 / 255),
}


def strips(rectangle: Rectangle, pixel_bytes: int, most_bytes: int = STRIP_BYTES) -> Iterator[Rectangle]:
    """The rectangle in horizontal strips of about ``most_bytes``, at least one row each, from top to bottom."""
    rows = max(1, most_bytes // max(1, rectangle.width * pixel_bytes))
    for top in range(rectangle.top, rectangle.bottom, rows):
        yield Rectangle(rectangle.left, top, rectangle.width, min(rows, rectangle.bottom - top))


def is_opaque(pixels: bytes, colour: ColourFormat) -> bool:
    """Whether every pixel of Krita's covers fully."""
    opaque, first = _OPAQUE[colour.depth], colour.pixel_bytes - colour.sample_bytes
    count = len(pixels) // colour.pixel_bytes
    return all(
        pixels[first + byte :: colour.pixel_bytes].count(opaque[byte]) == count for byte in range(colour.sample_bytes)
    )


def to_wire(pixels: bytes, colour: ColourFormat, wire: PixelFormat) -> bytes:
    """Krita's pixels in the order of the wire format that :meth:`ColourFormat.wire_format` named."""
    if not colour.is_grey:
        return _swapped(pixels, colour.sample_bytes) if colour.blue_first else pixels
    sample, count = colour.sample_bytes, len(pixels) // colour.pixel_bytes
    channels = (0,) if wire.channels == 1 else (0, 0, 0, 1)
    return _arranged(pixels, 2, channels, sample, count)


def from_wire(pixels: bytes, wire: PixelFormat, colour: ColourFormat) -> bytes:
    """The wire's pixels as Krita stores them; opaque where the wire has no alpha.

    A grey layer takes the green channel of coloured pixels, the one nearest to their lightness.
    """
    sample, count = colour.sample_bytes, len(pixels) // (wire.channels * wire.sample_bytes)
    if wire.channels == 4 and not colour.is_grey:
        return _swapped(pixels, sample) if colour.blue_first else pixels
    order = {1: (0, 0, 0), 3: (0, 1, 2), 4: (0, 1, 2)}[wire.channels]
    if colour.is_grey:
        order = order[1:2]
    elif colour.blue_first:
        order = order[::-1]
    alpha = 3 if wire.channels == 4 else None
    return _arranged(pixels, wire.channels, (*order, alpha), sample, count, _OPAQUE[colour.depth])


def covered(pixels: bytes, coverage: bytes, colour: ColourFormat) -> bytes:
    """Krita's pixels with their alpha times the coverage (a byte per pixel, 255 = all)."""
    if is_opaque(pixels, colour):
        planes = [coverage.translate(table) for table in _FROM_COVERAGE[colour.depth]]
    elif not is_soft(coverage):
        planes = [_and(plane, coverage) for plane in _alpha_planes(pixels, colour)]
    else:
        planes = _product_planes(pixels, coverage, colour)
    result, first = bytearray(pixels), colour.pixel_bytes - colour.sample_bytes
    for byte, plane in enumerate(planes):
        result[first + byte :: colour.pixel_bytes] = plane
    return bytes(result)


def mixed(old: bytes, new: bytes, coverage: bytes, colour: ColourFormat) -> bytes:
    """Krita's pixels ``new`` where the coverage is 255, ``old`` where it is 0, and a mix of both in between."""
    if coverage.count(255) == len(coverage):
        return new
    result = bytearray(_chosen(old, new, coverage.translate(_FULL_ALONE), colour))
    for run in _PARTLY.finditer(coverage):
        first, last = run.start() * colour.pixel_bytes, run.end() * colour.pixel_bytes
        result[first:last] = _blended(old[first:last], new[first:last], run[0], colour)
    return bytes(result)


def multiplied(first: bytes, second: bytes) -> bytes:
    """The product of two coverages (255 = 1)."""
    if first.count(255) == len(first):
        return second
    if not is_soft(first):
        return _and(first, second)
    return bytes([(a * b + 127) // 255 for a, b in zip(first, second, strict=True)])


def is_soft(coverage: bytes) -> bool:
    """Whether some pixels are covered partly, which takes Python code per pixel."""
    return coverage.count(0) + coverage.count(255) < len(coverage)


def _swapped(pixels: bytes, sample: int) -> bytes:
    """Red and blue exchanged; it is its own inverse."""
    result, step = bytearray(pixels), 4 * sample
    for byte in range(sample):
        red, blue = byte, 2 * sample + byte
        result[red::step], result[blue::step] = pixels[blue::step], pixels[red::step]
    return bytes(result)


def _arranged(
    pixels: bytes, channels: int, order: Sequence[int | None], sample: int, count: int, constant: bytes = b""
) -> bytes:
    """Pixels whose channels are those named by ``order`` of the given ones; None = the constant."""
    result = bytearray(count * len(order) * sample)
    step_from, step_to = channels * sample, len(order) * sample
    for to, source in enumerate(order):
        for byte in range(sample):
            plane = constant[byte : byte + 1] * count if source is None else pixels[source * sample + byte :: step_from]
            result[to * sample + byte :: step_to] = plane
    return bytes(result)


def _alpha_planes(pixels: bytes, colour: ColourFormat) -> list[bytes]:
    first = colour.pixel_bytes - colour.sample_bytes
    return [pixels[first + byte :: colour.pixel_bytes] for byte in range(colour.sample_bytes)]


def _product_planes(pixels: bytes, coverage: bytes, colour: ColourFormat) -> list[bytes]:
    code, size = _code(colour), colour.sample_bytes
    interleaved = bytearray(len(coverage) * size)
    for byte, plane in enumerate(_alpha_planes(pixels, colour)):
        interleaved[byte::size] = plane
    alphas = struct.unpack(f"<{len(coverage)}{code}", interleaved)
    products = [alpha * cover / 255 for alpha, cover in zip(alphas, coverage, strict=True)]
    packed = struct.pack(f"<{len(coverage)}{code}", *(map(round, products) if code in "BH" else products))
    return [packed[byte::size] for byte in range(size)]


def _blended(old: bytes, new: bytes, coverage: bytes, colour: ColourFormat) -> bytes:
    code, channels = _code(colour), colour.pixel_bytes // colour.sample_bytes
    amount = len(coverage) * channels
    before, after = struct.unpack(f"<{amount}{code}", old), struct.unpack(f"<{amount}{code}", new)
    weights = [each / 255 for each in coverage for _ in range(channels)]
    blend = [a + (b - a) * w for a, b, w in zip(before, after, weights, strict=True)]
    return struct.pack(f"<{amount}{code}", *(map(round, blend) if code in "BH" else blend))


def _chosen(old: bytes, new: bytes, coverage: bytes, colour: ColourFormat) -> bytes:
    select = bytearray(len(old))
    for byte in range(colour.pixel_bytes):
        select[byte :: colour.pixel_bytes] = coverage
    mask, before, after = (int.from_bytes(each, "little") for each in (select, old, new))
    return (before ^ ((before ^ after) & mask)).to_bytes(len(old), "little")


def _and(first: bytes, second: bytes) -> bytes:
    return (int.from_bytes(first, "little") & int.from_bytes(second, "little")).to_bytes(len(first), "little")


def _code(colour: ColourFormat) -> str:
    return {"U8": "B", "U16": "H", "F16": "e", "F32": "f"}[colour.depth]
