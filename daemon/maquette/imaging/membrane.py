"""Smooth fields through scattered values: what carries a colour correction from a hole's edge into the hole.

The field minimises ∑ |∇c|² + ∑ w (c − d)² + ε ∑ c²: a membrane that is drawn towards the values d where their weight w
is, and to zero far away from all of them. Its equations are solved from coarse to fine by a cascade of Jacobi sweeps,
to within a tenth of what varies: far below what is seen in a correction that is small itself.
"""

from __future__ import annotations

import numpy as np

from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import BoolArray
from maquette.imaging.resizing import resized

_SWEEPS = 10
_COARSEST_SWEEPS = 60
_FINEST_AREA = 400_000


def _halved(values: FloatArray) -> FloatArray:
    """Sums of 2 × 2 pixels of (H, W, …); an odd last row or column is summed alone."""
    padding = [(0, values.shape[0] % 2), (0, values.shape[1] % 2)] + [(0, 0)] * (values.ndim - 2)
    even = np.pad(values, padding)
    return even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]


def _neighbour_sum(values: FloatArray) -> FloatArray:
    total = np.zeros_like(values)
    total[1:] += values[:-1]
    total[:-1] += values[1:]
    total[:, 1:] += values[:, :-1]
    total[:, :-1] += values[:, 1:]
    return total


def _relaxed(
    field: FloatArray, pull: FloatArray, weight: FloatArray, domain: FloatArray, screening: float, sweeps: int
) -> FloatArray:
    """``sweeps`` Jacobi sweeps; ``pull`` is w·d."""
    total = np.maximum(_neighbour_sum(domain)[..., None] + weight + np.float32(screening), np.float32(1e-12))
    inside = domain[..., None]
    for _ in range(sweeps):
        field = (_neighbour_sum(field * inside) + pull) / total * inside
    return field


def _solved(pull: FloatArray, weight: FloatArray, domain: FloatArray, screening: float) -> FloatArray:
    height, width = domain.shape
    if max(height, width) <= 4:
        start = np.broadcast_to(pull.sum((0, 1)) / (weight.sum() + screening * domain.sum() + 1e-12), pull.shape)
        return _relaxed(start.astype(np.float32), pull, weight, domain, screening, _COARSEST_SWEEPS)
    coarse_domain = np.minimum(_halved(domain), np.float32(1.0))
    coarse = _solved(_halved(pull), _halved(weight), coarse_domain, 4 * screening)
    spread = _upsampled(coarse, coarse_domain, width, height)
    return _relaxed(spread, pull, weight, domain, screening, _SWEEPS)


def _upsampled(field: FloatArray, domain: FloatArray, width: int, height: int) -> FloatArray:
    """A field of half the size at the full size: bilinear, of values within the domain alone."""
    doubled = np.repeat(np.repeat(field * domain[..., None], 2, axis=0), 2, axis=1)
    share = np.repeat(np.repeat(domain, 2, axis=0), 2, axis=1)[..., None]
    smooth = (_neighbour_sum(doubled) + doubled) / np.maximum(_neighbour_sum(share) + share, np.float32(1.0))
    return smooth[:height, :width]


def membrane(values: FloatArray, weight: FloatArray, domain: BoolArray, reach: float) -> FloatArray:
    """The smooth field (H, W, C) through weighted values; 0 outside the domain.

    Args:
        values: (H, W, C), finite.
        weight: (H, W), ≥ 0: how strongly each value counts; around 0.1 smooths over 3 pixels.
        domain: (H, W): where the field is wanted. What is not connected within it does not act upon another.
        reach: distance in pixels at which the field has fallen to about a third.
    """
    factor, height, width = 1, *domain.shape
    pull, total, inside = values * weight[..., None], weight[..., None], domain.astype(np.float32)
    while inside.size > _FINEST_AREA:
        pull, total, inside = _halved(pull), _halved(total), np.minimum(_halved(inside), np.float32(1.0))
        factor *= 2
    screening = (factor / max(reach, 1.0)) ** 2
    field = _solved(pull, total, inside, screening)
    if factor > 1:
        # Beyond the domain's edge the values next to it are continued, so that interpolating does not lose them.
        near = np.maximum(_neighbour_sum(inside), np.float32(1.0))[..., None]
        field = np.where(inside[..., None] > 0, field, _neighbour_sum(field) / near)
        rows, columns = inside.shape
        field = resized(field, columns * factor, rows * factor)[:height, :width]
    return field * domain[..., None]
