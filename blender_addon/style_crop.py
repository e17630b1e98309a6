"""Which part of a picture shows a blob."""

from __future__ import annotations

import math

from .placement import Frame, semi_axes
from .scene import Ellipse

_MARGIN = 1.15


def crop_around(ellipse: Ellipse, frame: Frame, width: int, height: int) -> tuple[int, int, int, int] | None:
    """The square around an ellipse, cut off at the picture's edges.

    Args:
        ellipse: of the blob.
        frame: of its plane.
        width, height: of the picture in pixels.

    Returns:
        Left, top, right and bottom, right and bottom excluded; None when nothing of it is inside.
    """
    first, second = semi_axes(ellipse, frame)
    cosine, sine = math.cos(ellipse.angle), math.sin(ellipse.angle)
    reach = _MARGIN * max(math.hypot(first * cosine, second * sine), math.hypot(first * sine, second * cosine))
    longer = max(width, height)
    x, y, half = ellipse.x * width, ellipse.y * height, reach * longer
    left, top = max(math.floor(x - half), 0), max(math.floor(y - half), 0)
    right, bottom = min(math.ceil(x + half), width), min(math.ceil(y + half), height)
    return (left, top, right, bottom) if left < right and top < bottom else None
