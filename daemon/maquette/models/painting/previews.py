"""Small pictures of what is being painted: the dirty rectangle, as far as it is known."""

from __future__ import annotations

import numpy as np

from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.documents import Colours
from maquette.imaging.picture import Picture
from maquette.imaging.rectangle import Rectangle, spanning
from maquette.imaging.resizing import box_of, fitted_size, resized, thumbnail
from maquette.imaging.smooth_fill import smooth_fill
from maquette.models.painting.canvas import Canvas
from maquette.models.painting.fillers import FloatArray
from maquette.models.painting.progress import PreviewOf


class Previews:
    """The preview of one candidate. Begins with the surroundings drawn smoothly across the hole.

    Args:
        canvas: whose dirty rectangle is shown.
        dirty: that rectangle.
        side: pixels of the preview's longer side.
    """

    def __init__(self, canvas: Canvas, dirty: Rectangle, side: int) -> None:
        self._dirty = dirty
        width, height = fitted_size(dirty.width, dirty.height, side)
        factor = max(1, max(dirty.width, dirty.height) // side)
        # Some of what surrounds the hole, so that the first preview has colours to begin with.
        place = dirty.grown(max(2, 4 * factor)).clipped(canvas.bounds)
        rgb, hidden = canvas.overview(place, factor)
        self._rgb = np.zeros((height, width, 3), np.float32)
        self._painted = np.ones((height, width), np.bool_)
        self._put(place, smooth_fill(rgb, hidden))
        self._painted = resized(canvas.pending(dirty).astype(np.float32), width, height) > 0

    def _put(self, place: Rectangle, rgb: FloatArray) -> None:
        """Show ``rgb``, at any size a picture of ``place``, where something is painted."""
        height, width = self._painted.shape
        common = place.clipped(self._dirty)
        if common.area == 0:
            return
        left, top, right, bottom = box_of(common, self._dirty, (height, width))
        column, row = min(width - 1, round(left)), min(height - 1, round(top))
        target = spanning(column, row, max(column + 1, round(right)), max(row + 1, round(bottom)))
        shown = resized(rgb, target.width, target.height, box_of(common, place, rgb.shape))
        painted = self._painted[target.slices][..., None]
        self._rgb[target.slices] = np.where(painted, shown, self._rgb[target.slices])

    def picture(self) -> Picture:
        """The preview now: RGB, 8 bits."""
        return from_array(thumbnail(self._rgb, max(self._painted.shape)))

    def show(self, place: Rectangle, seen: Colours) -> None:
        """Take over what is there now."""
        self._put(place, seen.rgb)

    def of_crop(self, place: Rectangle) -> PreviewOf:
        """Turns a model's preview, a picture of a crop, into one of the dirty rectangle."""

        def preview(picture: Picture) -> Picture:
            samples = to_array(picture)[..., :3].astype(np.float32) / np.float32(255.0)
            self._put(place, np.broadcast_to(samples, (*samples.shape[:2], 3)))
            return self.picture()

        return preview
