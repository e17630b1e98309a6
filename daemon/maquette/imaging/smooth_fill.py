"""The quickest plausible filling: the surroundings, drawn smoothly across the hole (pull and push)."""

from __future__ import annotations

import numpy as np

from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import BoolArray
from maquette.imaging.rectangle import Rectangle, bounds
from maquette.imaging.resizing import resized, resized_known

_MARGIN = 16


def smooth_fill(picture: FloatArray, hole: BoolArray) -> FloatArray:
    """(H, W, C) with the hole (H, W) filled by means over ever larger areas; middle grey when nothing is known."""
    place = bounds(hole)
    if place.area == 0:
        return picture
    if hole.all():
        return np.full_like(picture, 0.5)
    around = place.grown(_MARGIN).clipped(Rectangle(0, 0, hole.shape[1], hole.shape[0])).slices
    if hole[around].all():
        return _spread(picture, hole)
    result = picture.copy()
    result[around] = _spread(picture[around], hole[around])
    return result


def _spread(picture: FloatArray, hole: BoolArray) -> FloatArray:
    if not hole.any():
        return picture
    height, width = hole.shape
    half_width, half_height = (width + 1) // 2, (height + 1) // 2
    small, _ = resized_known(picture, ~hole, half_width, half_height)
    # A lone known pixel is kept although most of the area around it is not known.
    known = resized((~hole).astype(np.float32), half_width, half_height) > 0
    spread = resized(_spread(small, ~known), width, height)
    return np.where(hole[..., None], spread, picture).astype(np.float32)
