"""In which pieces, and in which order, a region is painted."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from maquette.imaging.documents import BoolArray
from maquette.imaging.rectangle import Rectangle, bounds, spanning

LARGEST_SIDE = 1280
_LEAST_SEGMENT = 384
_ISLAND_GAP = 32
_MOST_ISLANDS = 32


def _coarse(painted: BoolArray, cell: int) -> BoolArray:
    """Whether anything is painted in each cell of ``cell`` × ``cell`` pixels."""
    rows = np.logical_or.reduceat(painted, np.arange(0, painted.shape[0], cell), axis=0)
    return np.asarray(np.logical_or.reduceat(rows, np.arange(0, painted.shape[1], cell), axis=1), np.bool_)


def _merged(places: list[Rectangle]) -> list[Rectangle]:
    """Rectangles united until none of them meet."""
    result: list[Rectangle] = []
    for place in places:
        grown = place
        while True:
            meeting = [other for other in result if other.clipped(grown).area]
            if not meeting:
                break
            for other in meeting:
                result.remove(other)
                grown = grown.united(other)
        result.append(grown)
    return result


def _gathered(places: list[Rectangle]) -> list[Rectangle]:
    """Many small places united with those nearby: for each cell of a grid one rectangle, not much larger than it."""
    cell = LARGEST_SIDE // 2
    groups: dict[tuple[int, int], Rectangle] = {}
    for place in places:
        key = (place.top + place.height // 2) // cell, (place.left + place.width // 2) // cell
        groups[key] = groups[key].united(place) if key in groups else place
    return list(groups.values())


def islands(painted: BoolArray) -> list[Rectangle]:
    """Rectangles that together hold all that is painted (H, W); far-apart places are apart, unless they are many."""
    place = bounds(painted)
    if max(place.width, place.height) <= 4 * _ISLAND_GAP:
        return [place]
    # A gap of two empty cells separates; cells of half the gap make that at least _ISLAND_GAP pixels.
    cell = max(_ISLAND_GAP // 2, max(painted.shape) // 512)
    grown = cast("BoolArray", ndimage.binary_dilation(_coarse(painted, cell), np.ones((3, 3))))
    labels, _ = cast("tuple[NDArray[np.int32], int]", ndimage.label(grown, np.ones((3, 3))))
    found: list[Rectangle] = []
    for rows, columns in cast("list[tuple[slice, slice]]", ndimage.find_objects(labels)):
        left, top = columns.start * cell, rows.start * cell
        inner = bounds(painted[top : rows.stop * cell, left : columns.stop * cell])
        found.append(inner.moved(left, top))
    separate = _merged(found)
    return separate if len(separate) <= _MOST_ISLANDS else _gathered(separate)


def longest_piece(thickness: int, fill_side: int | None) -> int:
    """How long a piece of a thin region may be: a model of one size gets pieces that are not much longer than wide."""
    if fill_side is None:
        return LARGEST_SIDE
    return min(LARGEST_SIDE, max(_LEAST_SEGMENT, 2 * thickness))


def spans(start: int, stop: int, longest: int) -> list[tuple[int, int]]:
    """[start, stop) cut into equal spans no longer than ``longest``."""
    count = max(1, math.ceil((stop - start) / longest))
    return list(pairwise(start + round(index * (stop - start) / count) for index in range(count + 1)))


def pieces(place: Rectangle, painted: BoolArray, longest: int) -> list[Rectangle]:
    """A place cut into pieces, without those in which nothing is painted.

    Args:
        place: in ``painted``.
        painted: (H, W).
        longest: pixels of a piece's side.
    """
    grid = [
        spanning(left, top, right, bottom)
        for top, bottom in spans(place.top, place.bottom, longest)
        for left, right in spans(place.left, place.right, longest)
    ]
    return [piece for piece in grid if painted[piece.slices].any()]


def needs_overview(place: Rectangle) -> bool:
    """Whether a place is too large in both directions for its pieces to know of each other through their borders."""
    return min(place.width, place.height) > LARGEST_SIDE
