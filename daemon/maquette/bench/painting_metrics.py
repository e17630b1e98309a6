"""How near pictures are to the true ones: pixel by pixel, by structure, and by their colours. Pure functions.

Pictures are float arrays (H, W, 3), sRGB-encoded, in [0, 1]; places are bool (H, W).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from maquette.imaging.colour import lab
from maquette.training.picture_statistics import frechet_distance, normal_of

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_LEAST_ERROR = 1e-10
_SIGMA, _TRUNCATE = 1.5, 3.5
_LUMINANCE, _CONTRAST = 0.01**2, 0.03**2


def psnr(one: FloatArray, other: FloatArray, where: BoolArray | None = None) -> float:
    """Peak signal-to-noise ratio in dB, over the pixels where ``where`` is true; at most 100."""
    error = np.square(one.astype(np.float64) - other).mean(axis=-1)
    mean = error.mean() if where is None else error[where].mean()
    return float(-10 * np.log10(max(mean, _LEAST_ERROR)))


def ssim(one: FloatArray, other: FloatArray, where: BoolArray | None = None) -> float:
    """Structural similarity, at most 1, over the windows whose middle is where ``where`` is true.

    Wang et al. 2004, with their Gaussian window of 11 pixels; windows across the hole's border count.
    """
    first, second = one.astype(np.float64), other.astype(np.float64)
    first_mean, second_mean = _blurred(first), _blurred(second)
    first_variance = _blurred(first * first) - first_mean**2
    second_variance = _blurred(second * second) - second_mean**2
    covariance = _blurred(first * second) - first_mean * second_mean
    similarity = ((2 * first_mean * second_mean + _LUMINANCE) * (2 * covariance + _CONTRAST)) / (
        (first_mean**2 + second_mean**2 + _LUMINANCE) * (first_variance + second_variance + _CONTRAST)
    )
    return float(similarity.mean() if where is None else similarity[where].mean())


def _blurred(values: DoubleArray) -> DoubleArray:
    return cast("DoubleArray", ndimage.gaussian_filter(values, (_SIGMA, _SIGMA, 0.0), truncate=_TRUNCATE))


def colour_distance(pictures: Iterable[FloatArray], true: Iterable[FloatArray]) -> float:
    """Fréchet distance of the colours of pictures, a* and b* of every 16th pixel, to those of the true ones."""
    made, truth = (
        np.concatenate([lab(each[::4, ::4])[..., 1:].reshape(-1, 2) for each in lot]) for lot in (pictures, true)
    )
    return frechet_distance(normal_of(made), normal_of(truth))
