"""How much of the picture around a hole the model sees."""

from __future__ import annotations

from maquette.imaging.rectangle import Rectangle, spanning
from maquette.models.painting.checks import refused
from maquette.models.painting.requests import Context, ContextKind

_LEAST_PIXELS = 48


def _shifted(start: int, length: int, available: int) -> tuple[int, int]:
    """A span of ``length`` that begins as near to ``start`` as fits into [0, available)."""
    length = min(length, available)
    start = max(0, min(start, available - length))
    return start, start + length


def _automatic_side(longest: int, fill_side: int | None) -> int:
    if fill_side is None:
        return max(longest + 2 * _LEAST_PIXELS, 5 * longest // 2)
    # Where the model's own square is enough, it works at the picture's full resolution.
    return fill_side if 3 * longest <= 2 * fill_side else max(longest + 2 * _LEAST_PIXELS, 2 * longest)


def _automatic(hole: Rectangle, canvas: Rectangle, fill_side: int | None) -> Rectangle:
    side = _automatic_side(max(hole.width, hole.height), fill_side)
    left, right = _shifted(hole.left + hole.width // 2 - side // 2, side, canvas.width)
    top, bottom = _shifted(hole.top + hole.height // 2 - side // 2, side, canvas.height)
    return spanning(left, top, right, bottom)


def context_rectangle(hole: Rectangle, canvas: Rectangle, context: Context, fill_side: int | None) -> Rectangle:
    """What the model sees of a canvas (that begins at 0, 0) to fill a hole.

    Automatic context makes a square: the model's own where that is at least one and a half times as wide as the hole,
    otherwise twice as wide as the hole, or two and a half times for a model of any size. Where the canvas ends it is
    moved inwards, then cut.

    Raises:
        MaquetteError: INVALID_ARGUMENT.
    """
    if context.pixels < 0:
        raise refused(f"A context of {context.pixels} pixels is below 0.", "Send 0 or more.")
    if context.kind is ContextKind.WHOLE:
        return canvas
    if context.kind is ContextKind.PIXELS:
        return hole.grown(context.pixels).clipped(canvas)
    return _automatic(hole, canvas, fill_side)
