"""Where the names of blobs are written in a view, in pixels from its lower left corner. Pure functions on numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

LARGEST_CROWD = 100
"""More labels than this are not moved apart: nobody could read them, and drawing must stay cheap."""

_SHIFTS = (0, -1, 1, -2, 2, -3, 3)
_CORNER_STEPS = 4


class Emphasis(IntEnum):
    """How much a label must be seen; a greater one keeps its place when there is a crowd."""

    PLAIN = 0
    SELECTED = 1
    ACTIVE = 2


@dataclass(frozen=True)
class Label:
    """A name, and where it belongs.

    Attributes:
        x, y: middle of the blob.
        width, height: of the text.
    """

    text: str
    x: float
    y: float
    width: float
    height: float
    emphasis: Emphasis = Emphasis.PLAIN


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    def moved_up(self, distance: float) -> Box:
        """The same rectangle higher up."""
        return Box(self.left, self.bottom + distance, self.right, self.top + distance)

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


def arrange(labels: Sequence[Label], padding: float) -> list[Box]:
    """A box for every label, moved up or down by whole rows where it would cover another.

    Args:
        labels: what comes first keeps its place, after what is emphasised.
        padding: between the text and the edge of its box.

    Returns:
        The boxes, in the order of the labels.
    """
    placed: dict[int, Box] = {}
    for index in sorted(range(len(labels)), key=lambda index: -labels[index].emphasis):
        home = _home(labels[index], padding)
        placed[index] = home if len(labels) > LARGEST_CROWD else _free(home, list(placed.values()))
    return [placed[index] for index in range(len(labels))]


def is_inside(label: Label, width: float, height: float) -> bool:
    """Whether any of a label can be in a view of this size."""
    return -label.width < label.x < width + label.width and -label.height < label.y < height + label.height


def pill(box: Box) -> list[tuple[float, float]]:
    """The corners of triangles that fill a box with round ends, three for each."""
    radius = min(box.top - box.bottom, box.right - box.left) / 2
    centres = (
        (box.right - radius, box.top - radius),
        (box.left + radius, box.top - radius),
        (box.left + radius, box.bottom + radius),
        (box.right - radius, box.bottom + radius),
    )
    outline = [
        (x + radius * math.cos(angle), y + radius * math.sin(angle))
        for quarter, (x, y) in enumerate(centres)
        for angle in ((quarter + step / _CORNER_STEPS) * math.pi / 2 for step in range(_CORNER_STEPS + 1))
    ]
    return [corner for second, third in pairwise(outline[1:]) for corner in (outline[0], second, third)]


def _home(label: Label, padding: float) -> Box:
    across, up = label.width / 2 + 2 * padding, label.height / 2 + padding
    return Box(label.x - across, label.y - up, label.x + across, label.y + up)


def _free(home: Box, taken: Sequence[Box]) -> Box:
    """The nearest free place above or below; where there is none, home."""
    height = home.top - home.bottom
    moved = (home.moved_up(shift * height) for shift in _SHIFTS)
    return next((box for box in moved if not any(box.overlaps(other) for other in taken)), home)
