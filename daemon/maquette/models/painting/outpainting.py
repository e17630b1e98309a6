"""Extending a picture past its edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from maquette.imaging.arrays import to_array
from maquette.imaging.documents import FULL_SCALES, NativeArray
from maquette.imaging.masks import region
from maquette.imaging.picture import AlphaMode, PictureSpec
from maquette.imaging.rectangle import Rectangle, spanning, whole
from maquette.models.operations import Operation
from maquette.models.painting.checks import (
    check_picture,
    check_result_size,
    check_settings,
    pixels_of,
    refused,
)
from maquette.models.painting.fillers import BoolArray, Filler, GuidedSynthesizer
from maquette.models.painting.painting import Painting, Piece, paint
from maquette.models.painting.parts import LARGEST_SIDE, spans
from maquette.models.painting.requests import BlendMode, Context, Outpaint, PaintResult
from maquette.models.painting.selecting import cut

_LEAST_SEGMENT = 256
_AREA_AT_ONCE = 1_500_000


def _check(request: Outpaint) -> None:
    check_settings(request.settings)
    check_picture(request.picture)
    sides = (request.left, request.right, request.top, request.bottom)
    if min(sides) < 0:
        raise refused("A picture cannot be extended by fewer than 0 pixels.", "Send 0 or more for each side.")
    if max(sides) == 0:
        raise refused("The picture is extended on no side.", "Send the pixels to add on at least one side.")


def _grown_spec(request: Outpaint) -> PictureSpec:
    spec = request.picture.spec
    width, height = spec.width + request.left + request.right, spec.height + request.top + request.bottom
    return replace(spec, width=width, height=height)


def _grown(request: Outpaint, spec: PictureSpec, old: Rectangle) -> NativeArray:
    """The old picture within a larger, empty one."""
    pixel_format = spec.pixel_format
    document = np.zeros((spec.height, spec.width, pixel_format.channels), pixel_format.sample_type)
    if pixel_format.channels == 4 and spec.alpha_mode is AlphaMode.OPAQUE:
        document[..., 3] = FULL_SCALES[pixel_format.sample_type]
    document[old.slices] = to_array(request.picture)
    return document


def _outwards(edge: int, end: int) -> list[tuple[int, int]]:
    """Spans between an edge of the old picture and one of the new, nearest first."""
    found = spans(min(edge, end), max(edge, end), LARGEST_SIDE)
    return found if end > edge else found[::-1]


def _segment(depth: int, fill_side: int | None) -> int:
    if fill_side is None:
        return LARGEST_SIDE
    return min(LARGEST_SIDE, max(_LEAST_SEGMENT, 3 * depth // 2))


def _bands(old: Rectangle, canvas: Rectangle, reach: int, fill_side: int | None) -> list[Piece]:
    """Left and right along the old picture, then top and bottom across the whole width; from the picture outwards.

    A model of any size paints all bands of a picture that is not too large at once.
    """
    if fill_side is None and canvas.area <= _AREA_AT_ONCE:
        return [Piece(canvas)]
    upright = [(old.left + reach, canvas.left), (old.right - reach, canvas.right)]
    level = [(old.top + reach, canvas.top), (old.bottom - reach, canvas.bottom)]
    pieces: list[Piece] = []
    for (edge, end), new in zip(upright, (old.left > canvas.left, old.right < canvas.right), strict=True):
        for low, high in _outwards(edge, end) if new else []:
            along = spans(old.top, old.bottom, _segment(high - low, fill_side))
            pieces += [Piece(spanning(low, start, high, stop)) for start, stop in along]
    for (edge, end), new in zip(level, (old.top > canvas.top, old.bottom < canvas.bottom), strict=True):
        for low, high in _outwards(edge, end) if new else []:
            along = spans(canvas.left, canvas.right, _segment(high - low, fill_side))
            pieces += [Piece(spanning(start, low, stop, high)) for start, stop in along]
    return pieces


def _dirty(request: Outpaint, old: Rectangle, canvas: Rectangle, reach: int) -> Rectangle:
    """The smallest rectangle around the new bands and as much of the old picture as may change."""
    sides = (request.left, request.right, request.top, request.bottom)
    if sum(side > 0 for side in sides) > 1:
        return canvas
    return spanning(
        canvas.left if not request.right else old.right - reach,
        canvas.top if not request.bottom else old.bottom - reach,
        canvas.right if not request.left else old.left + reach,
        canvas.bottom if not request.top else old.top + reach,
    ).clipped(canvas)


def _new(canvas: Rectangle, old: Rectangle) -> BoolArray:
    new = np.ones((canvas.height, canvas.width), np.bool_)
    new[old.slices] = False
    return new


def outpaint(
    request: Outpaint, fillers: Sequence[Filler], synthesizer: GuidedSynthesizer | None
) -> Operation[PaintResult]:
    """Extend a picture on any sides in one action; deeper than ``blend`` inside the old picture every byte stays.

    Bands are painted one after the other, long ones piece by piece: each piece sees those before it and overlaps with
    them, so that nothing shows where they meet.

    Args:
        fillers: one to be used, or several to choose from by what they make of hidden surroundings.
        synthesizer: of detail, where the model's own resolution is too low.

    Raises:
        MaquetteError: INVALID_ARGUMENT, NOT_A_FINITE_NUMBER or LIMIT_EXCEEDED.
    """
    _check(request)
    spec = _grown_spec(request)
    check_result_size(spec, request.settings.candidates)
    widest = max(request.left, request.right, request.top, request.bottom)
    fades = request.blend_mode is not BlendMode.OFF
    blend = pixels_of(request.blend, widest, "blend") if fades else 0.0
    canvas = whole(spec.width, spec.height)
    old = Rectangle(request.left, request.top, request.picture.spec.width, request.picture.spec.height)
    reach = math.floor(blend)
    place = _dirty(request, old, canvas, reach)
    values = _new(canvas, old)[place.slices].astype(np.float32)
    found = cut(place, region(values, 0.0, 0.0, blend))
    painting = Painting(
        document=_grown(request, spec, old),
        spec=spec,
        dirty=found.rectangle,
        region=found.region,
        pieces_for=partial(_bands, old, canvas, reach),
        context=Context(),
        blend_mode=request.blend_mode,
        settings=request.settings,
    )
    return (yield from paint(painting, fillers, synthesizer))
