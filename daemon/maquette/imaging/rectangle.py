"""Rectangles of whole pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rectangle:
    """Pixels [left, left + width) × [top, top + height)."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column past it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """First row past it."""
        return self.top + self.height

    @property
    def area(self) -> int:
        """Its pixels."""
        return self.width * self.height

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns in an array (height, width, …)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grown(self, by: int) -> Rectangle:
        """With ``by`` more pixels on every side."""
        return Rectangle(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def clipped(self, to: Rectangle) -> Rectangle:
        """What lies within ``to``; without pixels where they do not meet."""
        return spanning(
            max(self.left, to.left), max(self.top, to.top), min(self.right, to.right), min(self.bottom, to.bottom)
        )

    def united(self, other: Rectangle) -> Rectangle:
        """The smallest rectangle that holds both."""
        return spanning(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def moved(self, right: int, down: int) -> Rectangle:
        """The same size elsewhere."""
        return Rectangle(self.left + right, self.top + down, self.width, self.height)

    def within(self, origin: Rectangle) -> Rectangle:
        """The same pixels, counted from the upper left corner of ``origin``."""
        return self.moved(-origin.left, -origin.top)


def spanning(left: int, top: int, right: int, bottom: int) -> Rectangle:
    """Rectangle between edges; without pixels where they are crossed."""
    return Rectangle(left, top, max(0, right - left), max(0, bottom - top))


def whole(width: int, height: int) -> Rectangle:
    """All pixels of a picture."""
    return Rectangle(0, 0, width, height)


def _span(occupied: NDArray[np.bool_]) -> tuple[int, int]:
    (places,) = np.nonzero(occupied)
    return (int(places[0]), int(places[-1]) + 1) if places.size else (0, 0)


def bounds(values: NDArray[np.generic]) -> Rectangle:
    """The smallest rectangle around all non-zero values of an array (H, W); without pixels when there are none."""
    top, bottom = _span(np.asarray(values.any(axis=1), dtype=np.bool_))
    left, right = _span(np.asarray(values[top:bottom].any(axis=0), dtype=np.bool_))
    return spanning(left, top, right, bottom)
