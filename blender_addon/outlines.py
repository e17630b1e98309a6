"""Boxes in the 3D scene as ellipses in the picture, as a model of rooms was taught to see things.

The ellipse of a thing is the mean and the covariance of the area inside the convex outline of its projected box; its
edge, where the blob is half opaque, lies at squared Mahalanobis distance 4, so its semi-axes are two standard
deviations. Everything is clipped at the camera. What makes the room itself reaches past every edge of the picture, so
that is clipped to the picture, too; other things are not, so that one half outside keeps its shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .camera import View
from .client import ellipses
from .linear import Spread, Vector3, dot, minus, plus, principal, scaled
from .placement import Frame, place, read
from .scene import Ellipse

Point = tuple[float, float]
Plane = tuple[Vector3, float]
"""Normal and offset: what lies inside has normal · p + offset ≥ 0."""

LARGEST_ASPECT = 12.0
_NEAR = 0.05
_TOLERANCE = 1e-4
_SMALLEST_AREA = 1e-7
_FACES = ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5))


@dataclass(frozen=True)
class Box:
    """A box in the world, of any shape that an affine map gives it.

    Attributes:
        centre: in the world. halves: from the centre to the middles of three of its sides.
    """

    centre: Vector3
    halves: tuple[Vector3, Vector3, Vector3]

    @staticmethod
    def around(points: Iterable[Vector3]) -> Box:
        """The box along the world's axes around some points, at least one."""
        xs, ys, zs = zip(*points, strict=True)
        low, high = (min(xs), min(ys), min(zs)), (max(xs), max(ys), max(zs))
        half = scaled(minus(high, low), 0.5)
        return Box(plus(low, half), ((half[0], 0.0, 0.0), (0.0, half[1], 0.0), (0.0, 0.0, half[2])))

    @staticmethod
    def from_numbers(numbers: Sequence[float]) -> Box:
        """The inverse of :attr:`numbers`."""
        centre, *halves = [(numbers[i], numbers[i + 1], numbers[i + 2]) for i in range(0, 12, 3)]
        return Box(centre, (halves[0], halves[1], halves[2]))

    @property
    def numbers(self) -> list[float]:
        """The centre and the halves, one number after the other."""
        return [number for vector in (self.centre, *self.halves) for number in vector]

    @property
    def corners(self) -> list[Vector3]:
        """The eight corners; the bits of the index are the sides, the first the highest."""
        first, second, third = self.halves
        return [
            plus(self.centre, plus(plus(scaled(first, x), scaled(second, y)), scaled(third, z)))
            for x in (-1.0, 1.0)
            for y in (-1.0, 1.0)
            for z in (-1.0, 1.0)
        ]

    def side(self, direction: Vector3) -> Box:
        """The side that looks most in this direction, as a box without thickness."""
        reach = [dot(half, direction) / (dot(half, half) ** 0.5 or 1.0) for half in self.halves]
        chosen = max(range(3), key=lambda index: abs(reach[index]))
        towards = 1.0 if reach[chosen] > 0 else -1.0
        first, second, third = ((0.0, 0.0, 0.0) if i == chosen else half for i, half in enumerate(self.halves))
        return Box(plus(self.centre, scaled(self.halves[chosen], towards)), (first, second, third))


def ellipse_of(boxes: Sequence[Box], view: View, frame: Frame, within_picture: bool = False) -> Ellipse | None:
    """The ellipse of a thing; None where the camera sees nothing of it.

    Args:
        boxes: that the thing is made of.
        within_picture: clip it to the picture, as what makes the room.
    """
    planes: list[Plane] = [((0.0, 0.0, 1.0), -max(_NEAR, view.nearest))]
    if within_picture:
        planes += picture_planes(view, frame)
    hull = convex_hull(point for box in boxes for point in outline(box, view, planes))
    if len(hull) < 3:
        return None
    area, mean, spread = moments(hull)
    if area < _SMALLEST_AREA:
        return None
    (first, second), turn = principal(spread, 0.0)
    return _ellipse(mean, (2 * first, 2 * second), turn, frame)


def room_ellipse(box: Box, view: View, frame: Frame, known: Ellipse) -> Ellipse | None:
    """The ellipse of a part of the room, of which the camera sees another part wherever it looks.

    What looks as ``known`` does keeps its exact numbers.
    """
    seen = ellipse_of([box], view, frame, within_picture=True)
    return None if seen is None else read(place(seen, frame), frame, known, _TOLERANCE)


def picture_planes(view: View, frame: Frame) -> list[Plane]:
    """The four sides of what is seen in the picture, as the camera measures: right, up, ahead."""
    sides: list[Plane] = []
    for axis, reach in ((0, frame.width / 2), (1, frame.height / 2)):
        for sign in (1.0, -1.0):
            # sign · (p[axis] / ahead - middle) ≥ -reach · unit
            bound = reach * view.unit - sign * view.middle[axis]
            normal = [0.0, 0.0, bound if view.perspective else 0.0]
            normal[axis] = sign
            sides.append(((normal[0], normal[1], normal[2]), 0.0 if view.perspective else bound))
    return sides


def outline(box: Box, view: View, planes: Sequence[Plane]) -> list[Point]:
    """Points on the picture plane around what of a box lies inside all planes."""
    corners = [view.seen(corner) for corner in box.corners]
    seen: list[Point] = []
    for face in _FACES:
        polygon = [corners[index] for index in face]
        for normal, offset in planes:
            polygon = clipped(polygon, normal, offset)
        for x, y, ahead in polygon:
            across = ahead if view.perspective else 1.0
            seen.append(((x / across - view.middle[0]) / view.unit, (y / across - view.middle[1]) / view.unit))
    return seen


def clipped(polygon: Sequence[Vector3], normal: Vector3, offset: float) -> list[Vector3]:
    """The part of a flat polygon on the inner side of a plane (Sutherland and Hodgman 1974); may be empty."""
    heights = [dot(corner, normal) + offset for corner in polygon]
    kept: list[Vector3] = []
    for index, corner in enumerate(polygon):
        following = (index + 1) % len(polygon)
        here, there = heights[index], heights[following]
        if here >= 0:
            kept.append(corner)
        if (here >= 0) != (there >= 0):
            kept.append(plus(corner, scaled(minus(polygon[following], corner), here / (here - there))))
    return kept


def convex_hull(points: Iterable[Point]) -> list[Point]:
    """The corners of the convex hull, counter-clockwise (Andrew's monotone chain, 1979)."""
    ordered = sorted(set(points))
    return _half_hull(ordered)[:-1] + _half_hull(ordered[::-1])[:-1]


def moments(polygon: Sequence[Point]) -> tuple[float, Point, Spread]:
    """Area, mean and covariance of the area inside a convex polygon of at least three corners.

    It is cut into triangles around its first corner; the covariance of a triangle with corners p, q, r and mean m is
    (pp + qq + rr - 3 mm) / 12 in outer products.
    """
    x0, y0 = polygon[0]
    total = x_sum = y_sum = xx = xy = yy = 0.0
    for (ax, ay), (bx, by) in pairwise(polygon[1:]):
        ax, ay, bx, by = ax - x0, ay - y0, bx - x0, by - y0
        area = abs(ax * by - ay * bx) / 2
        sx, sy = ax + bx, ay + by
        total, x_sum, y_sum = total + area, x_sum + area * sx / 3, y_sum + area * sy / 3
        xx += area * (ax * ax + bx * bx + sx * sx) / 12
        xy += area * (ax * ay + bx * by + sx * sy) / 12
        yy += area * (ay * ay + by * by + sy * sy) / 12
    if total == 0.0:
        return 0.0, (x0, y0), (0.0, 0.0, 0.0)
    x, y = x_sum / total, y_sum / total
    return total, (x0 + x, y0 + y), (xx / total - x * x, xy / total - x * y, yy / total - y * y)


def _half_hull(points: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for x, y in points:
        while len(chain) >= 2:
            (x0, y0), (x1, y1) = chain[-2:]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain


def _ellipse(mean: Point, axes: tuple[float, float], turn: float, frame: Frame) -> Ellipse:
    size, aspect = ellipses.size_and_aspect(*axes, frame.area_normaliser)
    return Ellipse(
        x=mean[0] / frame.width + 0.5,
        y=0.5 - mean[1] / frame.height,
        size=size,
        aspect=min(max(aspect, 1 / LARGEST_ASPECT), LARGEST_ASPECT),
        angle=ellipses.wrapped_angle(-turn),
    )
