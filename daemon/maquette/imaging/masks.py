"""From a selection to the region that is painted.

Three lengths in pixels, each with one meaning. The selection is **grown**; the result fades in from **feather** pixels
inside the grown edge to **blend** pixels outside it; beyond, nothing changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import FULL_SCALES, BoolArray, NativeArray, has_alpha
from maquette.imaging.picture import PictureSpec

_STRIP_PIXELS = 2_000_000


@dataclass(frozen=True)
class Region:
    """What is painted.

    Attributes:
        selected: (H, W) the grown selection.
        weight: (H, W) how much of what is painted shows, in [0, 1]; 0 outside (selected ⊕ blend).
    """

    selected: BoolArray
    weight: FloatArray

    @property
    def painted(self) -> BoolArray:
        """(H, W) where the result may differ from the picture."""
        return self.weight > 0

    def without_band(self) -> Region:
        """The same with nothing painted outside the selection."""
        return Region(self.selected, np.where(self.selected, self.weight, np.float32(0.0)))


def selection_values(samples: NativeArray) -> FloatArray:
    """(H, W) values in [0, 1] of a selection or a mask layer (H, W, 1) of any sample type."""
    values = samples[..., 0].astype(np.float32) / np.float32(FULL_SCALES[samples.dtype.name])
    return np.clip(values, 0.0, 1.0)


def transparency(pixels: NativeArray, spec: PictureSpec) -> FloatArray:
    """(H, W) selection of what a document (H, W, C) leaves transparent: 1 − alpha."""
    if not has_alpha(spec):
        return np.zeros(pixels.shape[:2], np.float32)
    return np.float32(1.0) - selection_values(pixels[..., 3:])


def equal_area_diameter(values: FloatArray) -> float:
    """Diameter of the circle with the area of a selection (H, W) in [0, 1]."""
    return 2.0 * math.sqrt(float(values.sum(dtype=np.float64)) / math.pi)


def _to_selection(selected: BoolArray) -> tuple[FloatArray, tuple[NDArray[Any], ...]]:
    """Distance to, and indices of, the nearest selected pixel."""
    found = cast("tuple[NDArray[Any], NDArray[Any]]", ndimage.distance_transform_edt(~selected, return_indices=True))
    return found[0].astype(np.float32), tuple(found[1])


def _depth(selected: BoolArray) -> FloatArray:
    """Distance of selected pixels to the nearest that is not; without end when there is none."""
    if selected.all():
        return np.full(selected.shape, np.inf, np.float32)
    return cast("NDArray[Any]", ndimage.distance_transform_edt(selected)).astype(np.float32)


def _strength(values: FloatArray) -> FloatArray:
    """Selection values without the soft last pixel of an antialiased edge: a hard selection stays hard."""
    lifted = cast("FloatArray", ndimage.maximum_filter(values, size=3, mode="nearest"))
    return np.where(values > 0, lifted, np.float32(0.0))


def _strip_region(values: FloatArray, grow: float, feather: float, blend: float) -> Region:
    chosen = values > 0
    if not chosen.any():
        return Region(chosen, np.zeros(values.shape, np.float32))
    distance, nearest = _to_selection(chosen)
    selected = distance <= grow
    outside = np.maximum(distance - np.float32(grow), 0.0)
    fading = feather + blend
    if fading > 0:
        depth = _depth(selected) if feather > 0 else np.full(values.shape, np.inf, np.float32)
        signed = np.where(selected, depth - 0.5, 0.5 - outside)
        ramp = np.clip((blend + signed) / fading, 0.0, 1.0)
    else:
        ramp = selected.astype(np.float32)
    within = selected | ((outside <= blend) & (outside > 0))
    return Region(selected, np.where(within, ramp * _strength(values)[nearest], 0.0).astype(np.float32))


def region(values: FloatArray, grow: float = 0.0, feather: float = 0.0, blend: float = 0.0) -> Region:
    """The region that a selection (H, W) in [0, 1] becomes. Every value above 0 is selected.

    The edges of the array count as edges of the picture: a selection that touches them does not fade there. A soft
    selection (wider than one pixel of antialiasing) fades as it did.

    Args:
        grow, feather, blend: pixels, ≥ 0.
    """
    height, width = values.shape
    halo = math.ceil(grow + feather + blend) + 2
    rows = max(_STRIP_PIXELS // max(width, 1), 4 * halo)
    if rows >= height:
        return _strip_region(values, grow, feather, blend)
    selected = np.zeros(values.shape, np.bool_)
    weight = np.zeros(values.shape, np.float32)
    for top in range(0, height, rows):
        start, bottom = max(0, top - halo), min(height, top + rows)
        strip = _strip_region(values[start : bottom + halo], grow, feather, blend)
        selected[top:bottom] = strip.selected[top - start : bottom - start]
        weight[top:bottom] = strip.weight[top - start : bottom - start]
    return Region(selected, weight)
