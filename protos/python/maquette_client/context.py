"""How much of a canvas a filling needs, so that a host sends the selection and its surroundings and nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from maquette_client.errors import ClientError
from maquette_client.v1 import paint_pb2

# The daemon looks at a square of twice the region's size: what is sent has room for it, and for comparing models.
_AUTOMATIC_SIDES = 3
_LEAST_AUTOMATIC_SIDE = 256


class LengthUnit(Enum):
    """What a length is measured in; the value is the wire number. PERCENT is of the diameter of the disc that has the
    selection's area; of an extension, of its widest side."""

    PIXELS = paint_pb2.LENGTH_UNIT_PIXELS
    PERCENT = paint_pb2.LENGTH_UNIT_PERCENT


@dataclass(frozen=True)
class Length:
    """A length within a picture, 0 or more."""

    value: float = 0.0
    unit: LengthUnit = LengthUnit.PIXELS

    def pixels(self, area: float) -> float:
        """The length in pixels, given the selection's area in square pixels."""
        if self.unit is LengthUnit.PIXELS:
            return self.value
        return self.value / 100 * 2 * math.sqrt(max(area, 0.0) / math.pi)


@dataclass(frozen=True)
class SelectionSettings:
    """From a selection to the region that is filled.

    Attributes:
        grow: how far the region reaches beyond the selection.
        feather: how far inside the region's edge the original still shines through.
        blend: how far outside the region's edge the original may change to join the two.
    """

    grow: Length = Length()
    feather: Length = Length()
    blend: Length = Length()

    def reach(self, area: float) -> int:
        """Whole pixels beyond a selection of ``area`` square pixels that a filling may change at most."""
        return math.ceil(self.grow.pixels(area)) + math.ceil(self.blend.pixels(area))


class ContextKind(Enum):
    """How the context of a selection is chosen; the value is the wire number."""

    AUTOMATIC = paint_pb2.CONTEXT_KIND_AUTOMATIC
    PIXELS = paint_pb2.CONTEXT_KIND_PIXELS
    WHOLE = paint_pb2.CONTEXT_KIND_WHOLE


@dataclass(frozen=True)
class Context:
    """How much of the picture around a selection the model sees.

    Attributes:
        pixels: for PIXELS: beyond the selection's bounds, on each side.
    """

    kind: ContextKind = ContextKind.AUTOMATIC
    pixels: int = 0


@dataclass(frozen=True)
class Rectangle:
    """Whole pixels; the right and bottom edges are not part of it."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """One past the last column."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """One past the last row."""
        return self.top + self.height

    def grown(self, pixels: int) -> Rectangle:
        """With so many pixels more on each side."""
        return Rectangle(self.left - pixels, self.top - pixels, self.width + 2 * pixels, self.height + 2 * pixels)

    def within(self, other: Rectangle) -> Rectangle:
        """What two rectangles have in common; without width or height when that is nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Rectangle(left, top, max(0, right - left), max(0, bottom - top))


def context_rectangle(
    selection_bounds: Rectangle, canvas_size: tuple[int, int], context: Context, reach: int = 0
) -> Rectangle:
    """The part of a canvas to send for a filling.

    Args:
        selection_bounds: of what is selected, in the canvas's pixels; may lie partly beyond the canvas.
        canvas_size: width and height.
        context: how much around it.
        reach: pixels beyond the selection that the filling may change (:meth:`SelectionSettings.reach`).

    Raises:
        ClientError: NOTHING_SELECTED when no pixel of the canvas lies within the bounds.
    """
    canvas = Rectangle(0, 0, *canvas_size)
    selected = selection_bounds.within(canvas)
    if selected.width == 0 or selected.height == 0:
        raise ClientError(
            "NOTHING_SELECTED", "Nothing is selected within the canvas.", "Select what shall be filled, then try again."
        )
    if context.kind is ContextKind.WHOLE:
        return canvas
    region = selected.grown(reach)
    if context.kind is ContextKind.PIXELS:
        return region.grown(context.pixels).within(canvas)
    side = max(_AUTOMATIC_SIDES * max(region.width, region.height), _LEAST_AUTOMATIC_SIDE)
    left, width = _centred(region.left + region.width // 2, side, canvas.width)
    top, height = _centred(region.top + region.height // 2, side, canvas.height)
    return Rectangle(left, top, width, height)


def _centred(centre: int, length: int, available: int) -> tuple[int, int]:
    """Start and length of a span around a place, moved and if need be cut to lie within [0, available)."""
    length = min(length, available)
    return max(0, min(centre - length // 2, available - length)), length
