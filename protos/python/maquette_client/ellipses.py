"""A blob's ellipse as a host draws it: semi-axes at half opacity instead of an opacity logit.

Opacity is sigmoid(size − d²) with d the Mahalanobis distance (BlobGAN section 3.1), so half opacity lies at d² = size,
where the semi-axes are √(size · n · aspect) and √(size · n / aspect) in picture sides; n is the area normaliser of the
model.
"""

from __future__ import annotations

import math

MINIMUM_ASPECT, MAXIMUM_ASPECT = 1e-3, 1e3
MAXIMUM_SIZE = 1e6


def semi_axes(size: float, aspect: float, area_normaliser: float) -> tuple[float, float]:
    """Semi-axes at half opacity, first and second, in picture sides; (0, 0) for a blob that is nowhere half opaque.

    Args:
        size: opacity logit at the centre.
        aspect: ratio of the semi-axes, first to second, > 0.
        area_normaliser: of the model, > 0.
    """
    area = max(size, 0.0) * area_normaliser
    return math.sqrt(area * aspect), math.sqrt(area / aspect)


def size_and_aspect(first: float, second: float, area_normaliser: float) -> tuple[float, float]:
    """The size and aspect whose ellipse has these semi-axes: the inverse of :func:`semi_axes` where size > 0.

    A semi-axis of 0 is a blob that has vanished (size 0, aspect 1); both values are kept within the contract's ranges.

    Args:
        first, second: semi-axes in picture sides, ≥ 0.
        area_normaliser: of the model, > 0.
    """
    if not (first > 0.0 and second > 0.0):
        return 0.0, 1.0
    size = min(first * second / area_normaliser, MAXIMUM_SIZE)
    return size, min(max(first / second, MINIMUM_ASPECT), MAXIMUM_ASPECT)


def wrapped_angle(angle: float) -> float:
    """The same direction of the first axis within [−π/2, π/2): an ellipse is the same after half a turn."""
    return (angle + math.pi / 2) % math.pi - math.pi / 2
