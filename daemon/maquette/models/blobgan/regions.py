"""Rectangles of pixels in the decoder's maps: what changed, and how far a convolution carries it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Region:
    """Pixels ``top ≤ row < bottom`` and ``left ≤ column < right`` of a square map."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def area(self) -> int:
        """How many pixels."""
        return (self.bottom - self.top) * (self.right - self.left)

    def of(self, maps: Tensor) -> Tensor:
        """The view of (…, h, w) that lies in the region."""
        return maps[..., self.top : self.bottom, self.left : self.right]

    def grown(self, by: int, width: int) -> Region:
        """With a border of ``by`` pixels, inside a map of ``width``."""
        return Region(
            max(0, self.top - by), max(0, self.left - by), min(width, self.bottom + by), min(width, self.right + by)
        )

    def scaled(self, factor: int) -> Region:
        """The same place in a map ``factor`` times as wide."""
        return Region(self.top * factor, self.left * factor, self.bottom * factor, self.right * factor)

    def divided(self, factor: int) -> Region:
        """The pixels of a map that many times as narrow that hold this place."""
        return Region(self.top // factor, self.left // factor, -(-self.bottom // factor), -(-self.right // factor))

    def moved(self, rows: int, columns: int) -> Region:
        """Shifted."""
        return Region(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    def sized(self, step: int, width: int) -> Region:
        """Grown to sides that are multiples of ``step``, inside a map of ``width``.

        Libraries prepare a convolution for each size that they meet, which takes as long as a small one.
        """
        top, bottom = _sized(self.top, self.bottom, step, width)
        left, right = _sized(self.left, self.right, step, width)
        return Region(top, left, bottom, right)


def _sized(start: int, end: int, step: int, width: int) -> tuple[int, int]:
    length = min(width, -(-(end - start) // step) * step)
    start = min(start, width - length)
    return start, start + length


def whole(width: int) -> Region:
    """All of a map."""
    return Region(0, 0, width, width)


def united(one: Region | None, other: Region | None) -> Region | None:
    """The smallest region that holds both; None is no pixel."""
    if one is None or other is None:
        return one or other
    return Region(
        min(one.top, other.top), min(one.left, other.left), max(one.bottom, other.bottom), max(one.right, other.right)
    )


def region_where(mask: Tensor) -> Region | None:
    """The smallest region with every true pixel of an (h, w) mask; None where there is none."""
    rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
    if not len(rows):
        return None
    return Region(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
