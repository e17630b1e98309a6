"""An edit of two coarse renders carried onto the sharp picture that they stand for.

Things that moved take their own pixels of the picture along, in their own outline; the places that they leave show the
render without them, corrected by how far the render is from the picture around, or what somebody makes of that with
more detail; what a thing hid, and what the picture never showed, is the render's. Everything else stays as it is,
sample for sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import BoolArray, Colours
from maquette.imaging.matting import (
    along_edges,
    blurred,
    continued,
    distinct,
    edge_model,
    remnants,
    shown_difference,
    spread,
)
from maquette.imaging.rectangle import Rectangle, bounds
from maquette.imaging.resizing import box_of, resized, resized_known

Read = Callable[[Rectangle], Colours]
"""Reads a rectangle of the picture."""

_WORKING_SIDE = 512
_LEAST_WEIGHT = 1 / 512
_MARGIN = 3.0
_REMNANT_REACH = 6.0
_LIGHT_REACH = 5.0
_EDGE_RADIUS = 3.0
_UNCOVERED = 0.02


@dataclass(frozen=True)
class Thing:
    """One thing that is elsewhere, or otherwise shaped, after the edit.

    Attributes:
        held: (R, R) how much of each pixel its blob holds after the edit.
        back: (2, 3) affine map of coordinates (x, y, 1), both in [0, 1] over the part, from after the edit to before
            it; None = it was not there.
        restyled: it has another look, too.
    """

    held: FloatArray
    back: NDArray[np.float64] | None
    restyled: bool = False


@dataclass(frozen=True)
class Edit:
    """An edit as a model renders it; all in [0, 1], R × R.

    Attributes:
        before, after: (R, R, 3) renders.
        plate_before, plate_after: (R, R, 3) renders without the things.
        things: what is elsewhere.
        held_before: (R, R) how much of each pixel the things' blobs held before the edit.
        in_place: (R, R) where something changes that stays where it is.
    """

    before: FloatArray
    after: FloatArray
    plate_before: FloatArray
    plate_after: FloatArray
    things: Sequence[Thing]
    held_before: FloatArray
    in_place: BoolArray


@dataclass(frozen=True)
class _Fields:
    """What is smooth in the result: (h, w, …) at working size, whatever the picture's size."""

    uncovered: FloatArray
    fill: FloatArray
    model: FloatArray
    light: tuple[FloatArray, ...]
    hidden: FloatArray
    weight: FloatArray


def overview(read: Read, part: Rectangle, factor: int) -> tuple[FloatArray, BoolArray]:
    """A part of a picture at 1/factor of its size: colours (h, w, 3) and where they are known, read strip by strip."""
    width = -(-part.width // factor)
    rows: list[FloatArray] = []
    known: list[BoolArray] = []
    for top in range(part.top, part.bottom, 64 * factor):
        strip = Rectangle(part.left, top, part.width, min(64 * factor, part.bottom - top))
        colours = read(strip)
        small, small_known = resized_known(colours.rgb, colours.known, width, -(-strip.height // factor))
        rows.append(small)
        known.append(small_known)
    return np.concatenate(rows), np.concatenate(known)


def _coordinates(shape: tuple[int, int], place: Rectangle, part: Rectangle) -> NDArray[np.float64]:
    """(h, w, 2) middles of the pixels of a place that is shown at a shape, in [0, 1] over the part."""
    across = (place.left - part.left + (np.arange(shape[1]) + 0.5) * place.width / shape[1]) / part.width
    down = (place.top - part.top + (np.arange(shape[0]) + 0.5) * place.height / shape[0]) / part.height
    return np.stack(np.broadcast_arrays(across[None, :], down[:, None]), axis=-1)


def _sampled(values: FloatArray, places: NDArray[np.float64]) -> FloatArray:
    """Values (H, W, C) at places (h, w, 2), in pixels from the middle of the first; the border is continued."""
    coordinates = (places[..., 1], places[..., 0])
    channels = [
        cast("FloatArray", ndimage.map_coordinates(values[..., index], coordinates, order=1, mode="nearest"))
        for index in range(values.shape[-1])
    ]
    return np.stack(channels, axis=-1).astype(np.float32)


def _over_part(values: FloatArray, places: NDArray[np.float64]) -> FloatArray:
    """Values (H, W, C) of the whole part at places (h, w, 2) in [0, 1]; 0 beyond the part."""
    height, width = values.shape[:2]
    inside = ((places >= 0) & (places < 1)).all(axis=-1)
    return _sampled(values, places * (width, height) - 0.5) * inside[..., None]


class CarriedEdit:
    """An edit prepared for one part of a picture.

    Args:
        read: the picture.
        part: of the picture, that the renders show.
        edit: what happens to it.
        blend: pixels over which it fades out.
    """

    def __init__(self, read: Read, part: Rectangle, edit: Edit, blend: float) -> None:
        self._read = read
        self._part = part
        self._edit = edit
        self._factor = max(1, math.ceil(max(part.width, part.height) / _WORKING_SIDE))
        self._hard = blend <= 0
        self._fields = self._prepared(blend)
        self._detail: tuple[Rectangle, FloatArray] | None = None

    def _prepared(self, blend: float) -> _Fields:
        edit = self._edit
        original, known = overview(self._read, self._part, self._factor)
        height, width = known.shape
        pixel = max(height, width) / edit.before.shape[0]

        def sized(values: FloatArray) -> FloatArray:
            return resized(values, width, height)

        before, after, plate = sized(edit.before), sized(edit.after), sized(edit.plate_before)
        held = np.clip(sized(edit.held_before), 0.0, 1.0)
        seen = shown_difference(before, plate, held)
        offset = np.where(known[..., None], original - plate, np.float32(0.0))
        near = spread(seen, _MARGIN * pixel)
        excess = offset - continued(offset, known * (1.0 - near))
        matte = np.maximum(seen, remnants(excess, seen, held, _REMNANT_REACH * pixel))
        uncovered = spread(matte, _MARGIN * pixel)
        fill = continued(offset, known * (1.0 - uncovered))
        own = matte * distinct(offset - fill)
        model = edge_model(original, own, max(1, round(_EDGE_RADIUS * pixel)))
        after_held = np.clip(sum((thing.held for thing in edit.things), np.zeros_like(edit.held_before)), 0.0, 1.0)
        shown = shown_difference(after, sized(edit.plate_after), np.clip(sized(after_held), 0.0, 1.0))
        outline = along_edges(model, original)
        hidden, carried = self._hidden(held, outline, shown, (height, width))
        changed = np.maximum(np.maximum(uncovered, carried), hidden) > 0.02
        changed |= sized(edit.in_place.astype(np.float32)) > 0.5
        return _Fields(
            uncovered=uncovered,
            fill=fill,
            model=model,
            light=tuple(self._light(thing, before, after, shown, pixel) for thing in edit.things),
            hidden=hidden,
            weight=_faded(changed, blend / self._factor),
        )

    def _hidden(
        self, held: FloatArray, outline: FloatArray, shown: FloatArray, shape: tuple[int, int]
    ) -> tuple[FloatArray, FloatArray]:
        """Where (h, w) the render shows what the picture never did, and where the picture's things go."""
        places = _coordinates(shape, self._part, self._part)
        hidden, carried = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        source = np.stack([np.minimum(2.0 * held, 1.0), outline], axis=-1)
        for thing in self._edit.things:
            own = np.clip(resized(thing.held, shape[1], shape[0]), 0.0, 1.0)
            found = np.zeros((*shape, 2), np.float32)
            if thing.back is not None:
                found = _over_part(source, _moved(places, thing.back))
            hidden = np.maximum(hidden, own * (1.0 - found[..., 0]))
            carried = np.maximum(carried, np.minimum(4.0 * own, 1.0) * found[..., 1])
        return hidden * shown * (1.0 - carried), carried

    def _light(
        self, thing: Thing, before: FloatArray, after: FloatArray, shown: FloatArray, pixel: float
    ) -> FloatArray:
        """(h, w, 3) how the render of a thing changes on its way: smoothly, unless it has another look."""
        if thing.back is None:
            return np.zeros_like(after)
        height, width = shown.shape
        places = _moved(_coordinates((height, width), self._part, self._part), thing.back)
        change = after - _sampled(before, places * (width, height) - 0.5)
        if thing.restyled:
            return change
        share = blurred(shown, _LIGHT_REACH * pixel) + np.float32(0.02)
        return blurred(change * shown[..., None], _LIGHT_REACH * pixel) / share[..., None]

    @property
    def changed(self) -> Rectangle:
        """The rectangle of the picture that holds all that changes; without pixels when nothing does."""
        return self._around(self._fields.weight > 0)

    @property
    def uncovered(self) -> Rectangle:
        """The rectangle of the picture that holds all places that things leave; without pixels when none are left."""
        return self._around(self._fields.uncovered > _UNCOVERED)

    def _around(self, places: BoolArray) -> Rectangle:
        small = bounds(places)
        if not small.area:
            return Rectangle(self._part.left, self._part.top, 0, 0)
        factor, part = self._factor, self._part
        return (
            Rectangle(
                part.left + small.left * factor,
                part.top + small.top * factor,
                small.width * factor,
                small.height * factor,
            )
            .grown(2 * factor)
            .clipped(part)
        )

    def left_behind(self, place: Rectangle, shape: tuple[int, ...]) -> tuple[FloatArray, BoolArray]:
        """What the render shows where things were, fitted to the picture: colours (h, w, 3), and where (h, w) that is.

        Args:
            place: of the picture.
            shape: at which it is shown.
        """
        plate = self._field(self._edit.plate_before, place, shape) + self._field(self._fields.fill, place, shape)
        return plate, self._field(self._fields.uncovered, place, shape) > _UNCOVERED

    def add_detail(self, place: Rectangle, rgb: FloatArray) -> None:
        """Show (h, w, 3), at any size, in place of the render wherever things have left that place of the picture."""
        self._detail = place, rgb

    def weight(self, place: Rectangle) -> FloatArray:
        """How much (h, w) of each pixel of a place changes; exactly 0 where nothing does."""
        weight = self._field(self._fields.weight, place)
        if self._hard:
            return (weight > 0.5).astype(np.float32)
        return np.where(weight > _LEAST_WEIGHT, np.clip(weight, 0.0, 1.0), np.float32(0.0))

    def _field(self, values: FloatArray, place: Rectangle, shape: tuple[int, ...] | None = None) -> FloatArray:
        """Values over the whole part, of any size, as values over a place of it; at a shape, or pixel by pixel."""
        height, width = shape or (place.height, place.width)
        return resized(values, width, height, box_of(place, self._part, values.shape))

    def _behind(self, plate: FloatArray, place: Rectangle) -> FloatArray:
        """Colours (h, w, 3) of a place without its things, where they were."""
        behind = plate + self._field(self._fields.fill, place)
        if self._detail is None:
            return behind
        around, rgb = self._detail
        common = place.clipped(around)
        if common.area:
            sharp = resized(rgb, common.width, common.height, box_of(common, around, rgb.shape))
            behind[common.within(place).slices] = sharp
        return behind

    def colours(self, place: Rectangle) -> FloatArray:
        """(h, w, 3) colours of a place of the part with the edit, wherever :meth:`weight` is above 0."""
        fields, edit = self._fields, self._edit
        original = self._read(place)
        plate, later = self._field(edit.plate_before, place), self._field(edit.plate_after, place)
        uncovered = np.clip(self._field(fields.uncovered, place), 0.0, 1.0)
        uncovered = np.where(original.known, uncovered, np.float32(1.0))[..., None]
        result = original.rgb + uncovered * (self._behind(plate, place) - original.rgb) + (later - plate)
        result = self._with_things(result, place)
        hidden = np.clip(self._field(fields.hidden, place), 0.0, 1.0)[..., None]
        result = result + hidden * (self._field(edit.after, place) - result)
        lowest, highest = min(0.0, float(original.rgb.min())), max(1.0, float(original.rgb.max()))
        return np.clip(result, lowest, highest).astype(np.float32)

    def _with_things(self, base: FloatArray, place: Rectangle) -> FloatArray:
        shape = (place.height, place.width)
        total, share = np.zeros_like(base), np.zeros(shape, np.float32)
        cover, held = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for thing, light in zip(self._edit.things, self._fields.light, strict=True):
            if thing.back is None:
                continue
            own = np.clip(self._field(thing.held, place), 0.0, 1.0)
            colours, outline = self._source(_moved(_coordinates(shape, place, self._part), thing.back))
            weight = own + np.float32(1e-5)
            total += weight[..., None] * (colours + self._field(light, place))
            share += weight
            cover += weight * outline
            held += own
        if not share.any():
            return base
        matte = (cover / share * np.minimum(4.0 * held, 1.0))[..., None]
        return base + matte * (total / share[..., None] - base)

    def _source(self, places: NDArray[np.float64]) -> tuple[FloatArray, FloatArray]:
        """Colours (h, w, 3) and outline (h, w) of the things where they were, at places in [0, 1] over the part."""
        part = self._part
        inside = ((places >= 0) & (places < 1)).all(axis=-1)
        if not inside.any():
            return np.zeros((*inside.shape, 3), np.float32), np.zeros(inside.shape, np.float32)
        pixels = places * (part.width, part.height) - 0.5
        low, high = np.floor(pixels[inside].min(axis=0)).astype(int), np.ceil(pixels[inside].max(axis=0)).astype(int)
        here = Rectangle(part.left + low[0], part.top + low[1], *(high - low + 1)).clipped(part)
        original = self._read(here)
        outline = along_edges(self._field(self._fields.model, here), original.rgb) * original.known
        values = np.concatenate([original.rgb, outline[..., None]], axis=-1).astype(np.float32)
        found = _sampled(values, pixels - (here.left - part.left, here.top - part.top))
        return found[..., :3], found[..., 3] * inside


def _moved(places: NDArray[np.float64], back: NDArray[np.float64]) -> NDArray[np.float64]:
    return places @ back[:, :2].T + back[:, 2]


def _faded(changed: BoolArray, blend: float) -> FloatArray:
    """(h, w) 1 where something changes, fading to 0 over ``blend`` pixels outside."""
    if not changed.any():
        return np.zeros(changed.shape, np.float32)
    away = cast("FloatArray", ndimage.distance_transform_edt(~changed))
    ramp = np.clip(1.0 - (away - 0.5) / max(blend, 1e-3), 0.0, 1.0)
    return np.where(changed, 1.0, ramp).astype(np.float32)
