"""The answers that wait to be chosen from, and small pictures of them."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from .asking import Answer
from .client import ColourSpace, Image

THUMBNAIL_SIDE = 224

# Rows of a small picture that are made without letting the host's event loop turn.
_ROWS_AT_ONCE = 4


@dataclass(frozen=True)
class SmallPicture:
    """Eight bits per channel, red, green, blue, without padding."""

    width: int
    height: int
    pixels: bytes


@dataclass
class Answers:
    """Answers of one run.

    Attributes:
        answer: what came back.
        index: the candidate that is looked at.
        thumbnails: by candidate, as far as they are made.
        homeless: the document is closed or changed, so that it can take none of them.
        elsewhere: another document than theirs is in front.
    """

    answer: Answer
    index: int = 0
    thumbnails: list[SmallPicture] = field(default_factory=list[SmallPicture])
    homeless: bool = False
    elsewhere: bool = False

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.answer.outcome.candidates)

    def flip(self, steps: int) -> None:
        """Look at another one; after the last comes the first."""
        self.index = (self.index + steps) % self.count


async def thumbnail(answer: Answer, index: int, side: int = THUMBNAIL_SIDE) -> SmallPicture:
    """A candidate within the picture that was sent, no longer than ``side`` on either side."""
    bands, sent, candidate = answer.job.bands, answer.picture, answer.outcome.candidates[index]
    width = sent.width + bands.left + bands.right
    height = sent.height + bands.top + bands.bottom
    step = max(1, -(-max(width, height) // side))
    columns, rows = range(step // 2, width, step) or range(1), range(step // 2, height, step) or range(1)
    below = _Sampler(sent, bands.left, bands.top)
    above = _Sampler(candidate, answer.outcome.left, answer.outcome.top)
    parts: list[bytes] = []
    for count, y in enumerate(rows):
        line = bytearray(b"\xff" * (3 * len(columns)))
        for sampler in (below, above):
            sampler.paint(line, y, columns)
        parts.append(bytes(line))
        if count % _ROWS_AT_ONCE == _ROWS_AT_ONCE - 1:
            await asyncio.sleep(0)
    return SmallPicture(len(columns), len(rows), b"".join(parts))


async def small_picture(image: Image, side: int = THUMBNAIL_SIDE) -> SmallPicture:
    """An image, no longer than ``side`` on either side."""
    step = max(1, -(-max(image.width, image.height) // side))
    columns, rows = range(step // 2, image.width, step) or range(1), range(step // 2, image.height, step) or range(1)
    sampler, parts = _Sampler(image, 0, 0), list[bytes]()
    for count, y in enumerate(rows):
        line = bytearray(3 * len(columns))
        sampler.paint(line, y, columns)
        parts.append(bytes(line))
        if count % _ROWS_AT_ONCE == _ROWS_AT_ONCE - 1:
            await asyncio.sleep(0)
    return SmallPicture(len(columns), len(rows), b"".join(parts))


class _Sampler:
    """Takes single pixels of an image that lies at a place of a larger picture, as bytes of sRGB."""

    def __init__(self, image: Image, left: int, top: int) -> None:
        self._image, self._left, self._top = image, left, top
        self._channels, self._sample = image.pixel_format.channels, image.pixel_format.sample_bytes
        self._to_bytes = _byte_reader(image)

    def paint(self, line: bytearray, y: int, columns: range) -> None:
        """Write the pixels of row ``y`` at ``columns`` into a line of red, green, blue."""
        row = y - self._top
        if not 0 <= row < self._image.height:
            return
        first = -(-max(0, self._left - columns.start) // columns.step)
        last = -(-max(0, self._left + self._image.width - columns.start) // columns.step)
        last = min(last, len(columns))
        if first >= last:
            return
        pixel = self._channels * self._sample
        start = (row * self._image.width + columns.start + first * columns.step - self._left) * pixel
        stop = (row + 1) * self._image.width * pixel
        step = columns.step * pixel
        for channel in range(3):
            offset = min(channel, self._channels - 1 if self._channels < 3 else 2) * self._sample
            planes = [
                self._image.pixels[start + offset + byte : stop : step][: last - first] for byte in range(self._sample)
            ]
            line[3 * first + channel : 3 * last : 3] = self._to_bytes(planes)


def _byte_reader(image: Image) -> Callable[[list[bytes]], bytes]:
    depth, linear = image.pixel_format.name.split("_")[1], image.colour_space is ColourSpace.LINEAR_REC709
    if depth in ("U8", "U16"):
        # The last byte of a little-endian sample is the one that counts.
        return (lambda planes: planes[-1].translate(_CURVE)) if linear else (lambda planes: planes[-1])
    code = "e" if depth == "F16" else "f"

    def read(planes: list[bytes]) -> bytes:
        samples = bytearray(len(planes) * len(planes[0]))
        for byte, plane in enumerate(planes):
            samples[byte :: len(planes)] = plane
        values = struct.unpack(f"<{len(planes[0])}{code}", samples)
        # A comparison with NaN is false, so that it becomes black.
        codes = bytes([255 if value >= 1 else int(4095 * value) >> 4 if value > 0 else 0 for value in values])
        return bytes([_encoded(value) for value in values]) if linear else codes

    return read


def _encoded(value: float) -> int:
    if not value > 0:
        return 0
    if value >= 1:
        return 255
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


_CURVE = bytes(_encoded(each / 255) for each in range(256))
