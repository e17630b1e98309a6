"""Empties anywhere in the 3D scene, seen by a camera: ellipsoids in the world ↔ ellipses on the picture plane.

What a camera shows of an ellipsoid is taken to first order, as if it were small beside its distance: its centre is
projected, and its semi-axes by the derivative of the projection there. The image is then an ellipse always, also of a
thing that reaches past the camera, and it is easily undone.

Pictures are measured as on the plane (see :mod:`.placement`), the world in Blender's units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .linear import (
    Matrix3,
    Spread,
    Vector3,
    axes_of,
    cross,
    dot,
    minus,
    plus,
    principal,
    scaled,
    stretch,
)
from .placement import TOLERANCE, Frame, Placement, centre, place, semi_axes
from .placement import read as read_placement
from .placement import rotation as rotation_of
from .scene import Ellipse

_FLOAT = 1e-6
"""Relative error of a transform that Blender keeps in 32-bit floats, with what multiplying a few of them adds."""

_FLATTEST = 1e-3


@dataclass(frozen=True)
class View:
    """A camera that looks at the world through the picture.

    Attributes:
        position: of the camera. right, up, backward: its unit axes in the world.
        middle: of the picture on the window: at distance 1 with perspective, in world units without.
        unit: length on the window of one unit of the picture plane.
        perspective: whether things get smaller with distance.
        nearest: distance in front of the camera from which on things are drawn.
    """

    position: Vector3
    right: Vector3
    up: Vector3
    backward: Vector3
    middle: tuple[float, float]
    unit: float
    perspective: bool
    nearest: float

    def fitted(self, window: tuple[float, float, float, float], frame: Frame) -> View:
        """The same camera looking through the largest part of this shape in the middle of its window.

        Args:
            window: what the camera renders: left, right, bottom, top, measured as ``middle``.
            frame: shape of the picture.
        """
        left, right, bottom, top = window
        unit = min((right - left) / frame.width, (top - bottom) / frame.height)
        return replace(self, middle=((left + right) / 2, (bottom + top) / 2), unit=unit)

    def seen(self, point: Vector3) -> Vector3:
        """A point of the world from the camera: to the right, up, and the distance in front of it."""
        return self.turned(minus(point, self.position))

    def turned(self, direction: Vector3) -> Vector3:
        """A direction of the world from the camera."""
        return dot(direction, self.right), dot(direction, self.up), -dot(direction, self.backward)

    def in_world(self, direction: Vector3) -> Vector3:
        """The inverse of :meth:`turned`."""
        x, y, ahead = direction
        return plus(plus(scaled(self.right, x), scaled(self.up, y)), scaled(self.backward, -ahead))

    def ray(self, x: float, y: float, distance: float) -> Vector3:
        """From the camera, the point at this distance that is seen at (x, y) on the picture plane."""
        across = distance if self.perspective else 1.0
        window = (self.middle[0] + x * self.unit, self.middle[1] + y * self.unit)
        return window[0] * across, window[1] * across, distance

    def slope(self, seen: Vector3) -> tuple[float, float]:
        """How fast a ray through this point moves to the right and up with distance."""
        return (seen[0] / seen[2], seen[1] / seen[2]) if self.perspective else (0.0, 0.0)

    def shrinking(self, distance: float) -> float:
        """World units at this distance that one unit of the picture plane shows."""
        return self.unit * distance if self.perspective else self.unit


@dataclass(frozen=True)
class Body:
    """An ellipsoid in the world: where its centre is, and its three semi-axes."""

    centre: Vector3
    axes: Matrix3

    @property
    def radius(self) -> float:
        """Geometric mean of the semi-axes."""
        return abs(dot(self.axes[0], cross(self.axes[1], self.axes[2]))) ** (1 / 3)


@dataclass(frozen=True)
class Image:
    """What a camera shows of an ellipsoid.

    Attributes:
        x, y: centre on the picture plane.
        distance: in front of the camera, along its direction.
        spread: the ellipse as the sum of the outer products of its semi-axes: xx, xy, yy.
    """

    x: float
    y: float
    distance: float
    spread: Spread


def image(body: Body, view: View) -> Image | None:
    """What the camera shows of a body; None when its centre is not in front of the camera."""
    seen = view.seen(body.centre)
    if seen[2] < max(view.nearest, 1e-9):
        return None
    across = seen[2] if view.perspective else 1.0
    scale = 1 / view.shrinking(seen[2])
    offsets = [_across(view.turned(axis), view.slope(seen)) for axis in body.axes]
    return Image(
        (seen[0] / across - view.middle[0]) / view.unit,
        (seen[1] / across - view.middle[1]) / view.unit,
        seen[2],
        (
            sum(x * x for x, _ in offsets) * scale**2,
            sum(x * y for x, y in offsets) * scale**2,
            sum(y * y for _, y in offsets) * scale**2,
        ),
    )


def read(body: Body, view: View, frame: Frame, known: Ellipse, unscaled: bool = False) -> Ellipse | None:
    """The ellipse that a camera shows of an empty; None when it is not in front of the camera.

    Whatever looks as ``known`` does keeps its exact numbers (see :func:`.placement.read`).

    Args:
        unscaled: of a blob too small to be seen: nobody made it larger, so it stays as small wherever the camera is.
    """
    shown = image(body, view)
    if shown is None:
        return None
    expected = place(known, frame)
    tolerance = _tolerance(body, view, shown.distance)
    if _same_spread(shown.spread, _spread(expected), tolerance):
        first, second = expected.first, expected.second
    else:
        (longer, shorter), turn = principal(shown.spread, rotation_of(known))
        whole = Placement.of(0.0, 0.0, 0.0, (longer, shorter), turn)
        first, second = whole.first, whole.second
    ellipse = read_placement(Placement(shown.x, shown.y, -shown.distance, first, second), frame, known, tolerance)
    return replace(ellipse, size=known.size) if unscaled else ellipse


def facing(ellipse: Ellipse, frame: Frame, view: View, distance: float, flat: bool = False) -> Body:
    """A body that shows an ellipse, at this distance and turned to the camera.

    Args:
        flat: a disc; else about as thick as it is wide.
    """
    x, y = centre(ellipse, frame)
    seen = view.ray(x, y, distance)
    scale = view.shrinking(distance)
    axes, turn = semi_axes(ellipse, frame), rotation_of(ellipse)
    thickness = min(axes) * scale * _FLATTEST
    if not flat:
        slope = view.slope(seen)
        tilt = math.hypot(*slope)
        thickness = min(math.sqrt(axes[0] * axes[1]), 0.7 * min(axes) / max(tilt, 1e-9)) * scale
        xx, xy, yy = _spread(place(ellipse, frame))
        share = (thickness / scale) ** 2
        rest = xx - share * slope[0] ** 2, xy - share * slope[0] * slope[1], yy - share * slope[1] ** 2
        axes, turn = principal(rest, turn)
    cosine, sine = math.cos(turn), math.sin(turn)
    first, second = axes[0] * scale, axes[1] * scale
    return Body(
        plus(view.position, view.in_world(seen)),
        (
            view.in_world((first * cosine, first * sine, 0.0)),
            view.in_world((-second * sine, second * cosine, 0.0)),
            scaled(view.backward, thickness),
        ),
    )


def showing(body: Body, ellipse: Ellipse, frame: Frame, view: View) -> Body | None:
    """The body changed no more than it must to show an ellipse; it keeps its distance.

    None when the camera cannot see it, or sees it edge-on.
    """
    shown = image(body, view)
    if shown is None:
        return None
    wanted = place(ellipse, frame)
    tolerance = _tolerance(body, view, shown.distance)
    if _close((shown.x, shown.y), (wanted.x, wanted.y), tolerance) and _same_spread(
        shown.spread, _spread(wanted), tolerance
    ):
        return body
    change = stretch(shown.spread, _spread(wanted))
    if change is None:
        return None
    (a, b), (c, d) = change
    deepening = math.sqrt(abs(a * d - b * c))
    seen, there = view.seen(body.centre), view.ray(wanted.x, wanted.y, shown.distance)
    slope, new_slope = view.slope(seen), view.slope(there)
    moved: list[Vector3] = []
    for axis in map(view.turned, body.axes):
        x, y = _across(axis, slope)
        ahead = deepening * axis[2]
        moved.append((a * x + b * y + ahead * new_slope[0], c * x + d * y + ahead * new_slope[1], ahead))
    first, second, third = map(view.in_world, moved)
    return Body(plus(view.position, view.in_world(there)), axes_of((first, second, third), body.axes))


def _across(axis: Vector3, slope: tuple[float, float]) -> tuple[float, float]:
    """Where the end of an axis is seen beside its middle, in world units."""
    return axis[0] - slope[0] * axis[2], axis[1] - slope[1] * axis[2]


def _spread(placement: Placement) -> Spread:
    (a, c), (b, d) = placement.first, placement.second
    return a * a + b * b, a * c + b * d, c * c + d * d


def _same_spread(first: Spread, second: Spread, tolerance: float) -> bool:
    # A difference of the semi-axes times their sum is one of the spreads.
    longest = math.sqrt(max(first[0] + first[2], second[0] + second[2]))
    return max(abs(x - y) for x, y in zip(first, second, strict=True)) <= tolerance * (2 * longest + tolerance)


def _tolerance(body: Body, view: View, distance: float) -> float:
    """What rounding may do, in plane units: more for what is far from the world's origin and seen from near."""
    farthest = max(*map(abs, body.centre), *map(abs, view.position), distance)
    return max(TOLERANCE, _FLOAT * farthest / view.shrinking(distance))


def _close(first: tuple[float, float], second: tuple[float, float], tolerance: float) -> bool:
    return max(abs(first[0] - second[0]), abs(first[1] - second[1])) <= tolerance
