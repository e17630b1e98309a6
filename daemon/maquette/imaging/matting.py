"""Which pixels of a picture belong to a thing that a coarse render shows: mattes along the picture's own edges."""

from __future__ import annotations

from typing import cast

import numpy as np
from scipy import ndimage

from maquette.imaging.colour import FloatArray
from maquette.imaging.membrane import membrane

_FAINT, _CLEAR = 0.03, 0.1
_SMOOTHNESS = 1e-3
_OUTLIER = 0.1


def blurred(values: FloatArray, radius: float) -> FloatArray:
    """(H, W) or (H, W, C) smoothed by a Gaussian of this standard deviation in pixels."""
    sigma = (radius, radius) + (0.0,) * (values.ndim - 2)
    return cast("FloatArray", ndimage.gaussian_filter(values, sigma))


def _mean(values: FloatArray, radius: int) -> FloatArray:
    size = 2 * radius + 1
    down = cast("FloatArray", ndimage.uniform_filter1d(values, size, axis=0, mode="nearest"))
    return cast("FloatArray", ndimage.uniform_filter1d(down, size, axis=1, mode="nearest"))


def shown_difference(shown: FloatArray, absent: FloatArray, held: FloatArray) -> FloatArray:
    """How clearly (H, W) a thing is seen, from renders (H, W, 3) with and without it and where its blob lies (H, W)."""
    difference = np.abs(shown - absent).max(axis=-1)
    return np.clip((difference - _FAINT) / (_CLEAR - _FAINT), 0.0, 1.0) * np.clip(held * 4.0, 0.0, 1.0)


def spread(matte: FloatArray, distance: float) -> FloatArray:
    """A matte (H, W) grown by ``distance`` pixels, fading over the farther half of them."""
    if not (matte >= 0.5).any():
        return matte
    away = cast("FloatArray", ndimage.distance_transform_edt(matte < 0.5)).astype(np.float32)
    return np.maximum(matte, np.clip(1.5 - away / np.float32(max(distance, 1e-3)), 0.0, 1.0))


def edge_model(guide: FloatArray, matte: FloatArray, radius: int) -> FloatArray:
    """How a matte (H, W) depends on the colours (H, W, 3) around each pixel (guided filter, He et al. 2010).

    Returns:
        (H, W, 4): ``matte ≈ model[..., :3] · colour + model[..., 3]``, along the guide's edges, at any resolution.
    """
    mean, mean_matte = _mean(guide, radius), _mean(matte, radius)
    products = _mean(guide[..., :, None] * guide[..., None, :], radius)
    spread_of = products - mean[..., :, None] * mean[..., None, :]
    together = _mean(guide * matte[..., None], radius) - mean * mean_matte[..., None]
    slope = np.linalg.solve(spread_of + np.float32(_SMOOTHNESS) * np.eye(3, dtype=np.float32), together[..., None])
    offset = mean_matte - (slope[..., 0] * mean).sum(axis=-1)
    return _mean(np.concatenate([slope[..., 0], offset[..., None]], axis=-1).astype(np.float32), radius)


def along_edges(model: FloatArray, colours: FloatArray) -> FloatArray:
    """The matte (H, W) of an :func:`edge_model` for colours (H, W, 3), a little firmer than the model has it."""
    matte = (model[..., :3] * colours).sum(axis=-1) + model[..., 3]
    return np.clip((matte - 0.1) / 0.8, 0.0, 1.0).astype(np.float32)


def continued(values: FloatArray, known: FloatArray) -> FloatArray:
    """A smooth field (H, W, C) through the values where they are known (H, W) in [0, 1]; outliers count little."""
    weight = known / (1.0 + np.square(values).sum(axis=-1) / np.float32(_OUTLIER**2))
    everywhere = np.ones(known.shape, np.bool_)
    return membrane(values, (0.05 * weight).astype(np.float32), everywhere, reach=2.0 * max(known.shape))


def distinct(excess: FloatArray) -> FloatArray:
    """How surely (H, W) a pixel is a thing's own, from how far (H, W, 3) it is from what the thing hides.

    A render is too coarse to tell a pole from the wall beside it; the picture is not. What looks like the surroundings
    keeps a share, since a thing may have their colour.
    """
    return np.clip(0.2 + (np.abs(excess).max(axis=-1) - 0.04) / 0.1, 0.2, 1.0)


def remnants(excess: FloatArray, matte: FloatArray, held: FloatArray, distance: float) -> FloatArray:
    """What of a thing (H, W) lies just beyond its matte: a picture has corners where a blob has none.

    Args:
        excess: (H, W, 3), how far the picture is from what the thing hides.
        matte: (H, W). held: (H, W), where the thing's blob lies, generously.
        distance: in pixels, how far beyond the matte to look.
    """
    if not (matte >= 0.5).any():
        return np.zeros_like(matte)
    near = cast("FloatArray", ndimage.distance_transform_edt(matte < 0.5)) <= distance
    found = np.clip((np.abs(excess).max(axis=-1) - 0.12) / 0.06, 0.0, 1.0) * near * np.clip(3.0 * held - 0.5, 0.0, 1.0)
    return cast("FloatArray", ndimage.grey_opening(found.astype(np.float32), (2, 2)))
