"""Joining what was painted to the picture around it."""

from __future__ import annotations

from typing import cast

import numpy as np
from scipy import ndimage

from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import BoolArray, Colours
from maquette.imaging.masks import Region
from maquette.imaging.membrane import membrane

LARGEST_CORRECTION = 0.2
"""No sample of what was painted is corrected by more, whatever the surroundings are."""

_BAND_WEIGHT = 0.1
_EDGE_WEIGHT = 1.0
_EDGE_SIGMA = 1.0
_EDGE_RADIUS = 3


def _local_mean(values: FloatArray, where: BoolArray) -> FloatArray:
    """Gaussian mean of (H, W, 3) over the pixels ``where`` alone."""
    share = where.astype(np.float32)
    stacked = np.concatenate([values * share[..., None], share[..., None]], axis=-1)
    radius = (_EDGE_RADIUS, _EDGE_RADIUS, 0)
    smooth = cast("FloatArray", ndimage.gaussian_filter(stacked, (_EDGE_SIGMA, _EDGE_SIGMA, 0), radius=radius))
    return smooth[..., :3] / np.maximum(smooth[..., 3:], np.float32(1e-6))


def _beside(where: BoolArray) -> BoolArray:
    """Pixels with one of ``where`` to the left, right, above or below."""
    return cast("BoolArray", ndimage.binary_dilation(where))


def _robust(mismatch: FloatArray, samples: BoolArray) -> FloatArray:
    """Weight of each sample (H, W): little where it differs from most, since there another thing was painted."""
    middle = np.quantile(mismatch[samples], 0.5, axis=0)
    distance = np.sqrt(np.square(mismatch - middle).sum(axis=-1))
    spread = 2.0 * (1.4826 * cast("float", np.median(distance[samples])) + 0.02)
    return np.where(samples, 1.0 / (1.0 + (distance / spread) ** 2), 0.0).astype(np.float32)


def correction(original: FloatArray, painted: FloatArray, region: Region, known: BoolArray) -> FloatArray:
    """What to add to ``painted`` so that its colours meet those of the original: (H, W, 3), smooth and bounded.

    Where the model painted over known pixels (the blend band) both are compared there, otherwise across the edge of the
    painted region. Samples that differ from most count little, no correction exceeds ``LARGEST_CORRECTION``, and it
    reaches about four times as many pixels deep as there are samples: a few known pixels never colour a whole filling.

    Args:
        original: (H, W, 3).
        painted: (H, W, 3), equal to ``original`` outside the painted region.
        region: that was painted.
        known: (H, W) where ``original`` holds a colour.
    """
    inside = region.painted
    outside = known & ~inside
    band = inside & known & ~region.selected & (region.weight < 1)
    edge = inside & ~band & _beside(outside)
    mismatch = np.where(band[..., None], original - painted, np.float32(0.0))
    if edge.any():
        jump = _local_mean(original, outside) - _local_mean(painted, inside)
        mismatch = np.where(edge[..., None], jump, mismatch)
    samples = band | edge
    count = int(samples.sum())
    if count == 0:
        return np.zeros_like(painted)
    bounded = np.clip(mismatch, -LARGEST_CORRECTION, LARGEST_CORRECTION)
    weight = _robust(bounded, samples) * np.where(edge, np.float32(_EDGE_WEIGHT), np.float32(_BAND_WEIGHT))
    return membrane(bounded, weight, inside, reach=4.0 * count)


def joined(original: Colours, painted: FloatArray, region: Region, gradient: bool) -> tuple[FloatArray, FloatArray]:
    """Colours (H, W, 3) and alpha (H, W) of the picture with what was painted in it.

    Args:
        original: the picture.
        painted: (H, W, 3), opaque.
        region: that was painted.
        gradient: fit its colours to the surroundings first.
    """
    if gradient:
        fitted = painted + correction(original.rgb, painted, region, original.known)
        painted = np.clip(fitted, np.minimum(painted, 0.0), np.maximum(painted, 1.0))
    return mixed(original, painted, region.weight)


def mixed(original: Colours, painted: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Opaque colours (H, W, 3) laid over a picture with a weight (H, W); colours and alpha of the result.

    Unknown pixels of full alpha (not finite) are covered wholly.
    """
    share = np.where((weight > 0) & ~original.known & (original.alpha > 0), np.float32(1.0), weight)
    below = original.alpha * (1.0 - share)
    alpha = below + share
    rgb = original.rgb * below[..., None] + painted * share[..., None]
    return (rgb / np.maximum(alpha, 1e-6)[..., None]).astype(np.float32), alpha.astype(np.float32)
