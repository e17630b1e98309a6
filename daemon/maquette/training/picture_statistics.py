"""How near pictures are to true ones by what their patches look like, wherever things stand. Pure functions.

Pictures are float arrays (H, W, 3), sRGB-encoded, in [0, 1]; places are bool (H, W).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maquette.imaging.colour import grey_of

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PATCH = 8
STRIDE = 4


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
