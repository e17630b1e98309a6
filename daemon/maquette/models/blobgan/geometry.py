"""Ellipses, covariances and blob-map colours (BlobGAN, section 3.1)."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.scene import Ellipse

PUBLISHED_AREA_NORMALISER = 0.02
COVARIANCE_EPSILON = 1e-5
_GOLDEN_RATIO_FRACTION = 0.618033988749895


def covariances(aspects: Tensor, angles: Tensor, area_normaliser: float) -> Tensor:
    """2 × 2 covariances of ellipses of constant area.

    Args:
        aspects: (…) ratio of the semi-axes' variances to ``area_normaliser``, > 0.
        angles: (…) direction of the first axis in radians, from +x towards +y.
        area_normaliser: square root of the determinant before ``COVARIANCE_EPSILON`` is added.

    Returns:
        (…, 2, 2): ``A·e₁e₁ᵀ + B·e₂e₂ᵀ + 1e-5·I`` with A = normaliser · aspect and B = normaliser / aspect.
    """
    first, second = area_normaliser * aspects, area_normaliser / aspects
    cosine, sine = torch.cos(angles), torch.sin(angles)
    xx = first * cosine**2 + second * sine**2 + COVARIANCE_EPSILON
    yy = first * sine**2 + second * cosine**2 + COVARIANCE_EPSILON
    xy = (first - second) * cosine * sine
    return torch.stack((torch.stack((xx, xy), -1), torch.stack((xy, yy), -1)), -2)


def aspects_and_angles(shape_logits: Tensor) -> tuple[Tensor, Tensor]:
    """Aspect and angle of the layout network's four shape outputs.

    Args:
        shape_logits: (…, 4): two axis logits, then the direction of the first axis (any length).

    Returns:
        aspects (…) > 0 and angles (…) in (−π, π].
    """
    log_ratio = functional.logsigmoid(shape_logits[..., 0]) - functional.logsigmoid(shape_logits[..., 1])
    return torch.exp(log_ratio / 2), torch.atan2(shape_logits[..., 3], shape_logits[..., 2])


def covariance_of(ellipse: Ellipse, area_normaliser: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The 2 × 2 covariance of one ellipse, in double precision."""
    aspect = torch.tensor(ellipse.aspect, dtype=torch.float64)
    angle = torch.tensor(ellipse.angle, dtype=torch.float64)
    matrix = covariances(aspect, angle, area_normaliser)
    xy = float(matrix[0, 1])
    return (float(matrix[0, 0]), xy), (xy, float(matrix[1, 1]))


def ellipse_of(x: float, y: float, size: float, covariance: tuple[tuple[float, float], tuple[float, float]]) -> Ellipse:
    """The ellipse of a covariance: its axis ratio and direction; its area is decided by ``size`` alone.

    Aspect ≥ 1 and angle in (−π/2, π/2]: the first axis is the longer one.
    """
    (xx, xy), (_, yy) = covariance
    xx, yy = xx - COVARIANCE_EPSILON, yy - COVARIANCE_EPSILON
    middle, spread = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    longer, shorter = middle + spread, max(middle - spread, 1e-12)
    angle = 0.5 * math.atan2(2 * xy, xx - yy)
    return Ellipse(x, y, size, math.sqrt(longer / shorter), angle)


def blob_colours(rows: Sequence[int]) -> Tensor:
    """A steady, well-spread colour for every layout row.

    Args:
        rows: N row numbers; 0 is the background.

    Returns:
        (N, 3) sRGB in [0, 1]; row 0 is light grey.
    """
    return torch.tensor([_colour(row) for row in rows], dtype=torch.float32).reshape(-1, 3)


def _colour(row: int) -> tuple[float, float, float]:
    if row <= 0:
        return (0.9, 0.9, 0.9)
    saturation = (0.75, 0.5, 0.9)[row % 3]
    return colorsys.hsv_to_rgb((row * _GOLDEN_RATIO_FRACTION) % 1.0, saturation, 0.95)
