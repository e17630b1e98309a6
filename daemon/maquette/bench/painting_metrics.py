"""How near pictures are to the true ones: pixel by pixel, by structure, and by their statistics. Pure functions.

Pictures are float arrays (H, W, 3), sRGB-encoded, in [0, 1]; places are bool (H, W).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from maquette.imaging.colour import grey_of, lab

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PATCH = 8
STRIDE = 4
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


@dataclass(frozen=True)
class Normal:
    """A normal distribution: mean (D,) and covariance (D, D)."""

    mean: DoubleArray
    covariance: DoubleArray


def normal_of(vectors: FloatArray | DoubleArray) -> Normal:
    """The normal distribution with the mean and covariance of vectors (N, D)."""
    exact = vectors.astype(np.float64)
    return Normal(exact.mean(axis=0), np.atleast_2d(np.cov(exact, rowvar=False)))


def frechet_distance(one: Normal, other: Normal) -> float:
    """Fréchet distance of two normal distributions (Dowson and Landau 1982); 0 = the same."""
    values, vectors = np.linalg.eigh(one.covariance)
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    # The eigenvalues of √A B √A are those of AB.
    cross = np.sqrt(np.linalg.eigvalsh(root @ other.covariance @ root).clip(min=0)).sum()
    shift = np.square(one.mean - other.mean).sum()
    return max(0.0, float(shift + np.trace(one.covariance) + np.trace(other.covariance) - 2 * cross))


def patch_vectors(picture: FloatArray, where: BoolArray) -> FloatArray:
    """What stands in the patches of 8 × 8 pixels, every 4, whose middle is where ``where`` is true: (N, 80).

    The colours of its 4 × 4 cells, and how large the steps of luminance are in each cell, downwards and to the right.
    A blur has the right colours and no steps; patches that reach across the hole's border show its seam.
    """
    height, width = where.shape
    grey = grey_of(picture)
    steps = [np.abs(np.diff(grey, axis=axis, append=grey[-1:] if axis == 0 else grey[:, -1:])) for axis in (0, 1)]
    rows = range(0, height - PATCH + 1, STRIDE)
    columns = range(0, width - PATCH + 1, STRIDE)
    corners = [(row, column) for row in rows for column in columns if where[row + PATCH // 2, column + PATCH // 2]]
    vectors = [_patch_vector(picture, steps, row, column) for row, column in corners]
    return np.stack(vectors) if vectors else np.zeros((0, VECTOR_WIDTH), np.float32)


def _patch_vector(picture: FloatArray, steps: list[FloatArray], row: int, column: int) -> FloatArray:
    place = slice(row, row + PATCH), slice(column, column + PATCH)
    cells = picture[place].reshape(4, 2, 4, 2, 3).mean(axis=(1, 3)).ravel()
    return np.concatenate([cells, *(_step_vector(values[place]) for values in steps)]).astype(np.float32)


def _step_vector(steps: FloatArray) -> FloatArray:
    """(16,) of the steps (8, 8) in one direction: mean of each 2 × 2 cell, as roots, which are nearer to normal."""
    return np.sqrt(steps.reshape(4, 2, 4, 2).mean(axis=(1, 3))).ravel()


VECTOR_WIDTH = 4 * 4 * 3 + 2 * 16


def statistics_distance(pictures: Iterable[FloatArray], true: Iterable[FloatArray], places: list[BoolArray]) -> float:
    """Fréchet distance of the patch and gradient statistics of pictures to those of the true ones.

    Every number of a patch is divided by its spread among the true patches, so that colours and steps count alike.
    """
    truth = np.concatenate([patch_vectors(*each) for each in zip(true, places, strict=True)])
    made = np.concatenate([patch_vectors(*each) for each in zip(pictures, places, strict=True)])
    spread = truth.std(axis=0).clip(min=1e-4)
    return frechet_distance(normal_of(made / spread), normal_of(truth / spread))


def colour_distance(pictures: Iterable[FloatArray], true: Iterable[FloatArray]) -> float:
    """Fréchet distance of the colours of pictures, a* and b* of every 16th pixel, to those of the true ones."""
    made, truth = (
        np.concatenate([lab(each[::4, ::4])[..., 1:].reshape(-1, 2) for each in lot]) for lot in (pictures, true)
    )
    return frechet_distance(normal_of(made), normal_of(truth))
