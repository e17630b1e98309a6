"""Ellipses of blobs ↔ transforms of empties on the picture plane. Pure functions on numbers.

The plane's own coordinates: origin in the middle, x to the right, y up, z towards the viewer; the longer side of the
picture is 1. An empty of radius 1 shows the unit circle, so the columns of its matrix are the blob's semi-axes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .client import ellipses
from .scene import Ellipse

DEPTH_STEP = 0.01
"""Distance between a blob and the next one in front of it, in plane units."""

SMALLEST_AXIS = 0.01
"""Semi-axis that an empty shows at least, in plane units: what is invisible must still be found."""

TOLERANCE = 1e-5
"""Difference, in plane units, below which two transforms are the same: Blender keeps 32-bit floats."""


@dataclass(frozen=True)
class Frame:
    """Shape of a picture plane.

    Attributes:
        width, height: sides in plane units; the longer one is 1.
        area_normaliser: of the model: semi-axes at half opacity are √(size · area_normaliser · aspect^±1).
    """

    width: float
    height: float
    area_normaliser: float

    @staticmethod
    def of_picture(width: int, height: int, area_normaliser: float) -> Frame:
        """The frame of a picture of this many pixels."""
        longer = max(width, height, 1)
        return Frame((width or longer) / longer, (height or longer) / longer, area_normaliser)


@dataclass(frozen=True)
class Placement:
    """Where an empty is, in plane units.

    Attributes:
        x, y: centre.
        depth: distance in front of the plane; larger covers smaller.
        first, second: where its unit x axis and y axis point, as (x, y); their lengths are the semi-axes.
    """

    x: float
    y: float
    depth: float
    first: tuple[float, float]
    second: tuple[float, float]

    @staticmethod
    def of(x: float, y: float, depth: float, semi_axes: tuple[float, float], rotation: float) -> Placement:
        """A placement from semi-axes and a counter-clockwise rotation in radians."""
        cosine, sine = math.cos(rotation), math.sin(rotation)
        first, second = semi_axes
        return Placement(x, y, depth, (first * cosine, first * sine), (-second * sine, second * cosine))


def semi_axes(ellipse: Ellipse, frame: Frame) -> tuple[float, float]:
    """Semi-axes at half opacity in plane units; of an ellipse that is half opaque nowhere, the smallest shown."""
    if not too_small(ellipse, frame):
        return ellipses.semi_axes(ellipse.size, ellipse.aspect, frame.area_normaliser)
    ratio = math.sqrt(ellipse.aspect)
    return SMALLEST_AXIS * ratio, SMALLEST_AXIS / ratio


def too_small(ellipse: Ellipse, frame: Frame) -> bool:
    """Whether the blob is not to be seen, so that its empty is larger than itself."""
    first, second = ellipses.semi_axes(ellipse.size, ellipse.aspect, frame.area_normaliser)
    return first * second < SMALLEST_AXIS**2


def rotation(ellipse: Ellipse) -> float:
    """Counter-clockwise rotation of the empty in radians: the picture's y points down, the plane's up."""
    return -ellipse.angle


def centre(ellipse: Ellipse, frame: Frame) -> tuple[float, float]:
    """Centre on the plane."""
    return (ellipse.x - 0.5) * frame.width, (0.5 - ellipse.y) * frame.height


def place(ellipse: Ellipse, frame: Frame, depth: float = 0.0) -> Placement:
    """Where the empty of a blob belongs."""
    x, y = centre(ellipse, frame)
    return Placement.of(x, y, depth, semi_axes(ellipse, frame), rotation(ellipse))


def read(placement: Placement, frame: Frame, known: Ellipse, tolerance: float = TOLERANCE) -> Ellipse:
    """The ellipse that an empty shows.

    Whatever still stands where ``known`` put it keeps the exact numbers of ``known``: an untouched scene does not
    drift, and a blob too small to be seen keeps its own size when it is only moved.

    Args:
        tolerance: plane units below which two transforms are the same.
    """
    expected = place(known, frame)
    x, y, size, aspect, angle = known.x, known.y, known.size, known.aspect, known.angle
    if not _close((placement.x, placement.y), (expected.x, expected.y), tolerance):
        x, y = placement.x / frame.width + 0.5, 0.5 - placement.y / frame.height
    if not (
        _close(placement.first, expected.first, tolerance) and _close(placement.second, expected.second, tolerance)
    ):
        axes, angle = _principal_axes(placement, known)
        if not _close(axes, semi_axes(known, frame), tolerance):
            size, aspect = ellipses.size_and_aspect(*axes, frame.area_normaliser)
    return Ellipse(x=_bounded(x), y=_bounded(y), size=size, aspect=aspect, angle=angle)


def _principal_axes(placement: Placement, known: Ellipse) -> tuple[tuple[float, float], float]:
    """Semi-axes and angle (clockwise, as the picture has it) of the image of the unit circle."""
    (a, c), (b, d) = placement.first, placement.second
    longest = max(math.hypot(a, c), math.hypot(b, d))
    if longest < 1e-9:
        return (0.0, 0.0), known.angle
    if abs(a * b + c * d) < 1e-4 * longest**2:
        first, second = math.hypot(a, c), math.hypot(b, d)
        angle = math.atan2(c, a) if first > 1e-9 else math.atan2(-b, d)
    else:
        first, second, angle = _singular_values(a, b, c, d)
    return (first, second), -angle


def _singular_values(a: float, b: float, c: float, d: float) -> tuple[float, float, float]:
    """Singular values of [[a, b], [c, d]], larger first, and the direction of the larger (for sheared empties)."""
    mean = math.hypot(a + d, c - b) / 2
    difference = math.hypot(a - d, c + b) / 2
    angle = math.atan2(2 * (a * c + b * d), a * a + b * b - c * c - d * d) / 2
    return mean + difference, abs(mean - difference), angle


def _close(first: tuple[float, float], second: tuple[float, float], tolerance: float) -> bool:
    return max(abs(first[0] - second[0]), abs(first[1] - second[1])) <= tolerance


def _bounded(coordinate: float) -> float:
    return min(max(coordinate, -1e3), 1e3)
