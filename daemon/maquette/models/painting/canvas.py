"""A document while it is painted: what it was, and what each candidate makes of it so far."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from maquette.imaging.documents import BoolArray, Colours, NativeArray, colours, native
from maquette.imaging.joining import joined
from maquette.imaging.masks import Region
from maquette.imaging.picture import PictureSpec
from maquette.imaging.rectangle import Rectangle, bounds, whole
from maquette.imaging.resizing import resized_known
from maquette.models.painting.fillers import FloatArray

Sample = TypeVar("Sample", bound=np.generic)
_OVERLAP = 24
_SEAM = 8


def _distance_to(core: Rectangle, shape: tuple[int, ...]) -> FloatArray:
    """(h, w) distance of each pixel to a rectangle; 0 inside."""
    rows = np.arange(shape[0], dtype=np.float32)[:, None]
    columns = np.arange(shape[1], dtype=np.float32)[None, :]
    down = np.maximum(np.maximum(core.top - rows, rows - (core.bottom - 1)), 0)
    right = np.maximum(np.maximum(core.left - columns, columns - (core.right - 1)), 0)
    return np.maximum(down, right)


class Canvas:
    """One candidate's state. Only the dirty rectangle is copied.

    Args:
        document: (H, W, C) pixels as they were.
        spec: what they mean.
        dirty: rectangle of the document that holds all that may change.
        region: that is painted, over the dirty rectangle.
    """

    def __init__(self, document: NativeArray, spec: PictureSpec, dirty: Rectangle, region: Region) -> None:
        self._document = document
        self._spec = spec
        self._dirty = dirty
        self._region = region
        self._done = np.zeros(region.weight.shape, np.bool_)
        self.result = document[dirty.slices].copy()

    @property
    def bounds(self) -> Rectangle:
        """The whole document."""
        return whole(self._document.shape[1], self._document.shape[0])

    def pixels(self, place: Rectangle) -> NativeArray:
        """What is there now."""
        common = place.clipped(self._dirty)
        if common == place:
            return self.result[place.within(self._dirty).slices]
        now = self._document[place.slices].copy()
        now[common.within(place).slices] = self.result[common.within(self._dirty).slices]
        return now

    def colours(self, place: Rectangle) -> Colours:
        """What is there now, as models see it."""
        return colours(self.pixels(place), self._spec)

    def _over(self, place: Rectangle, values: NDArray[Sample]) -> NDArray[Sample]:
        """Values over the dirty rectangle as values over another place; zero beyond it."""
        result = np.zeros((place.height, place.width), values.dtype)
        common = place.clipped(self._dirty)
        result[common.within(place).slices] = values[common.within(self._dirty).slices]
        return result

    def pending(self, place: Rectangle) -> BoolArray:
        """(h, w) what is still to be painted there."""
        return self._over(place, self._region.painted & ~self._done)

    def piece_region(self, core: Rectangle, place: Rectangle) -> Region:
        """The region of one piece over ``place``: what is pending within ``core``, and a band that overlaps with
        pieces painted before, in which this one fades in."""
        pending = self.pending(place)
        distance = _distance_to(core.within(place), pending.shape)
        inside = pending & (distance == 0)
        weight = np.where(inside, self._over(place, self._region.weight), np.float32(0.0))
        overlaps = self._over(place, self._region.selected & self._done) & (distance <= _OVERLAP)
        if overlaps.any():
            fading = (1.0 - (distance - np.float32(0.5)) / _OVERLAP).clip(0.0, 1.0)
            weight = np.where(overlaps, fading, weight)
        selected = inside & self._over(place, self._region.selected)
        return Region(selected, weight)

    def paint(self, place: Rectangle, painted: FloatArray, region: Region, gradient: bool) -> None:
        """Join a painting to what is there.

        Args:
            place: in the document.
            painted: (h, w, 3) over it.
            region: over it, as :meth:`piece_region` gave it.
            gradient: fit its colours to the surroundings.
        """
        changed = bounds(region.painted)
        here = changed.moved(place.left, place.top).grown(_SEAM).clipped(place)
        seam = here.within(place).slices
        local = Region(region.selected[seam], region.weight[seam])
        original = self.colours(here)
        known = original.known & ~(self.pending(here) & ~local.painted)
        rgb, alpha = joined(Colours(original.rgb, original.alpha, known), painted[seam], local, gradient)
        self._write(here, native(rgb, alpha, self._spec), local.painted)

    def _write(self, place: Rectangle, samples: NativeArray, changed: BoolArray) -> None:
        common = place.clipped(self._dirty)
        inner, outer = common.within(place).slices, common.within(self._dirty).slices
        self.result[outer][changed[inner]] = samples[inner][changed[inner]]
        self._done[outer] |= changed[inner]

    def overview(self, place: Rectangle, factor: int) -> tuple[FloatArray, BoolArray]:
        """A place at 1/factor of its size: colours (h, w, 3) and what is not known (h, w), read strip by strip."""
        colour_rows: list[FloatArray] = []
        hidden_rows: list[BoolArray] = []
        width = -(-place.width // factor)
        for top in range(place.top, place.bottom, 64 * factor):
            strip = Rectangle(place.left, top, place.width, min(64 * factor, place.bottom - top))
            here = self.colours(strip)
            known = here.known & ~self.pending(strip)
            small, small_known = resized_known(here.rgb, known, width, -(-strip.height // factor))
            colour_rows.append(small)
            hidden_rows.append(~small_known)
        return np.concatenate(colour_rows), np.concatenate(hidden_rows)
