"""How a blob's content moves when its ellipse does: affine maps between ellipses. Numpy alone."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from maquette.models.scene import Ellipse

_SMALLEST_SIZE = 0.5
_ROUND, _LONG = 0.7, 1.4
"""Logarithms of the aspects (2 and 4) up to which an ellipse's direction says nothing, and from which it is sure."""

Matrix = NDArray[np.float64]


def _rotation(angle: float) -> Matrix:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def _covariance(ellipse: Ellipse) -> Matrix:
    """Of the half-opaque ellipse, up to a constant: its area grows with its size."""
    axes = _rotation(ellipse.angle)
    lengths = np.array([ellipse.aspect, 1.0 / ellipse.aspect]) * max(ellipse.size, _SMALLEST_SIZE)
    return (axes * lengths) @ axes.T


def _root(symmetric: Matrix) -> Matrix:
    values, vectors = np.linalg.eigh(symmetric)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T, np.float64)


def _turn(start: Ellipse, end: Ellipse) -> float:
    if math.isclose(start.aspect, end.aspect, rel_tol=1e-6):
        return end.angle - start.angle
    elongation = min(abs(math.log(start.aspect)), abs(math.log(end.aspect)))
    trust = min(1.0, max(0.0, (elongation - _ROUND) / (_LONG - _ROUND)))
    return math.remainder(end.angle - start.angle, math.pi) * trust


def affine_between(start: Ellipse, end: Ellipse, offset: float = 0.0) -> Matrix:
    """The affine map (2, 3) that takes the content of one ellipse to that of another.

    What only moved, turned or grew is moved, turned and scaled. What was reshaped, too, is turned only as far as its
    ellipse has a direction, and then deformed as little as it can be (the optimal transport between the two ellipses).

    Args:
        offset: added to both centres: where coordinate 0 of the blobs lies in the coordinates of the map.
    """
    turned = _rotation(_turn(start, end))
    own = turned @ _covariance(start) @ turned.T
    root = _root(own)
    inverse = np.linalg.inv(root)
    linear = inverse @ _root(root @ _covariance(end) @ root) @ inverse @ turned
    return _between_middles(linear, start, end, offset)


def frames_between(start: Ellipse, end: Ellipse, offset: float = 0.0) -> Matrix:
    """The affine map (2, 3) that takes what a silhouette covers in one ellipse to what it covers in another.

    See :class:`maquette.models.blobgan.silhouettes.Frames`: level edges stay level. ``offset`` as above.
    """
    linear = upper_factor(_covariance(end)) @ np.linalg.inv(upper_factor(_covariance(start)))
    return _between_middles(linear, start, end, offset)


def upper_factor(covariance: Matrix) -> Matrix:
    """The upper triangular U (…, 2, 2) with U Uᵀ = covariance."""
    return np.linalg.cholesky(covariance[..., ::-1, ::-1])[..., ::-1, ::-1]


def _between_middles(linear: Matrix, start: Ellipse, end: Ellipse, offset: float) -> Matrix:
    centre = np.array([start.x + offset, start.y + offset])
    moved = np.array([end.x + offset, end.y + offset])
    return np.concatenate([linear, (moved - linear @ centre)[:, None]], axis=1)
