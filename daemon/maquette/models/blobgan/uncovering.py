"""What a moved thing uncovers, with detail of the picture around it: renders have none."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import cast

import numpy as np
from scipy import ndimage

from maquette.imaging.carrying import CarriedEdit, Read, overview
from maquette.imaging.rectangle import Rectangle
from maquette.imaging.resizing import resized
from maquette.models.exemplar.model import synthesized
from maquette.models.operations import Operation
from maquette.models.painting.fillers import BoolArray, FillOptions, FloatArray

LARGEST_SIDE = 1280
"""Of what is looked at; a larger place gets detail as if it were shown at this size."""
SHARPER = 1.5
"""How many pixels of the picture there must be to one of the render, for there to be detail that it lacks."""
_LEAST_MARGIN = 64
_REMEMBERED = 2


class DetailMemory:
    """The details that were found last: they depend on where things were, and not on where they go."""

    def __init__(self) -> None:
        self._found: OrderedDict[bytes, FloatArray] = OrderedDict()

    def recalled(self, key: bytes, find: Callable[[], Operation[FloatArray]]) -> Operation[FloatArray]:
        """What was found under a key, or is found now."""
        detail = self._found.pop(key, None)
        if detail is None:
            detail = yield from find()
        self._found[key] = detail
        while len(self._found) > _REMEMBERED:
            self._found.popitem(last=False)
        return detail


def _window(uncovered: Rectangle, part: Rectangle) -> Rectangle:
    margin = max(_LEAST_MARGIN, max(uncovered.width, uncovered.height) // 2)
    return uncovered.grown(margin).clipped(part)


def _as_rendered(start: FloatArray, pixel: float) -> FloatArray:
    """What is known and what is not, both as blurred as the render, whose pixels are so large."""
    height, width = start.shape[:2]
    small = resized(start, max(1, round(width / pixel)), max(1, round(height / pixel)))
    return resized(small, width, height)


def _finer(picture: FloatArray, pixel: float) -> FloatArray:
    """What of a picture is finer than a pixel of the render: edges of things are where the render has them."""
    return picture - cast("FloatArray", ndimage.gaussian_filter(picture, (pixel, pixel, 0.0)))


def add_detail(
    carried: CarriedEdit, read: Read, part: Rectangle, resolution: int, memory: DetailMemory
) -> Operation[None]:
    """Give the places that things leave what the render there lacks: what is finer, in patches of the picture.

    Args:
        carried: the edit, on a picture that is itself large enough to have more detail than its renders.
        read: the picture.
        part: of the picture, that the renders show.
        resolution: R, width of the renders.
        memory: of earlier edits of the same picture.
    """
    uncovered = carried.uncovered
    if not uncovered.area or max(part.width, part.height) < SHARPER * resolution:
        return
    window = _window(uncovered, part)
    factor = -(-max(window.width, window.height) // LARGEST_SIDE)
    picture, known = overview(read, window, factor)
    behind, left = carried.left_behind(window, picture.shape[:2])
    hole: BoolArray = left | ~known
    start = np.where(hole[..., None], behind, picture).astype(np.float32)
    pixel = max(part.width, part.height) / resolution / factor

    def find() -> Operation[FloatArray]:
        (answer,) = yield from synthesized(start, hole, _as_rendered(start, pixel), FillOptions())
        return start + np.where(hole[..., None], _finer(answer, pixel), np.float32(0.0))

    carried.add_detail(window, (yield from memory.recalled(_key(pixel, start, hole), find)))


def _key(pixel: float, start: FloatArray, hole: BoolArray) -> bytes:
    digest = sha256(repr((pixel, start.shape)).encode())
    for array in (start, hole):
        digest.update(np.ascontiguousarray(array).data)
    return digest.digest()
