"""The quickest plausible filling: the surroundings, drawn smoothly across the hole (pull and push)."""

from __future__ import annotations

import numpy as np

from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import BoolArray
from maquette.imaging.resizing import resized, resized_known


def smooth_fill(picture: FloatArray, hole: BoolArray) -> FloatArray:
    """(H, W, C) with the hole (H, W) filled by means over ever larger areas; middle grey when nothing is known."""
    if not hole.any():
        return picture
    if hole.all():
        return np.full_like(picture, 0.5)
    height, width = hole.shape
    half_width, half_height = (width + 1) // 2, (height + 1) // 2
    small, known = resized_known(picture, ~hole, half_width, half_height)
    # A lone known pixel is kept although most of the area around it is not known.
    known = known | (resized((~hole).astype(np.float32), half_width, half_height) > 0)
    spread = resized(smooth_fill(small, ~known), width, height)
    return np.where(hole[..., None], spread, picture).astype(np.float32)
