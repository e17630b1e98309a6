"""Finding room for things: against walls, free on the floor, on walls and under furniture.

Footprints never intersect; every thing is in view. What finds no place after some tries stays away.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from maquette.training.rooms.draws import Draws, Shares, between
from maquette.training.rooms.ellipses import (
    NEAR,
    box_corners,
    convex_hull,
    polygon_moments,
    project_object,
    to_camera,
    to_picture,
)
from maquette.training.rooms.types import FLAT, RESTS_ON_BED, SHELL, Camera, Kind, RoomDescription, RoomObject, Vector

CLEARANCE = 0.06
VIEW_MARGIN = 0.04
LEAST_DEPTH = 1.2
"""Of what stands in view, in metres."""

Build = Callable[[Vector, float], RoomObject]
Rectangle = tuple[float, float, float, float]


def turned(point: tuple[float, float], yaw: float) -> tuple[float, float]:
    """A point of the floor turned counter-clockwise about the origin."""
    sin_yaw, cos_yaw = math.sin(yaw), math.cos(yaw)
    return cos_yaw * point[0] - sin_yaw * point[1], sin_yaw * point[0] + cos_yaw * point[1]


def footprint(thing: RoomObject) -> Rectangle:
    """The axis-aligned rectangle (left, front, right, back) that a thing covers on the floor, in metres."""
    sin_yaw, cos_yaw = abs(math.sin(thing.yaw)), abs(math.cos(thing.yaw))
    across = (cos_yaw * thing.size[0] + sin_yaw * thing.size[1]) / 2
    along = (sin_yaw * thing.size[0] + cos_yaw * thing.size[1]) / 2
    x, y, _ = thing.position
    return x - across, y - along, x + across, y + along


def wall_span(thing: RoomObject) -> Rectangle:
    """What a hanging thing covers of its wall: (start, bottom, end, top) in metres along the wall."""
    along = thing.position[0] if hanging_wall(thing) is Kind.BACK_WALL else thing.position[1]
    half = thing.size[0] / 2
    return along - half, thing.position[2], along + half, thing.position[2] + thing.size[2]


def hanging_wall(thing: RoomObject) -> Kind:
    """The wall that a window or picture hangs on, from its yaw."""
    return Kind.BACK_WALL if abs(thing.yaw) < 0.1 else Kind.LEFT_WALL if thing.yaw > 0 else Kind.RIGHT_WALL


def rectangles_meet(one: Rectangle, other: Rectangle, clearance: float) -> bool:
    """Whether two rectangles come closer than `clearance` to each other along both axes."""
    return (
        one[0] - clearance < other[2]
        and other[0] - clearance < one[2]
        and one[1] - clearance < other[3]
        and other[1] - clearance < one[3]
    )


def in_view(camera: Camera, thing: RoomObject) -> bool:
    """Whether the middle of a thing is inside the picture."""
    corners = to_camera(camera, box_corners(thing))
    if corners[:, 2].min() <= NEAR:
        view = project_object(camera, thing)
        return view is not None and view.depth > LEAST_DEPTH and _shown(view.mean)
    if corners[:, 2].mean() <= LEAST_DEPTH:
        return False
    # The middle of the outline lies between the corners, which tell sooner where they agree.
    places = to_picture(camera, corners)
    low, high = places.min(axis=0), places.max(axis=0)
    if _shown(low) and _shown(high):
        return True
    if high.min() <= VIEW_MARGIN or low.max() >= 1 - VIEW_MARGIN:
        return False
    return _shown(polygon_moments(convex_hull(places))[1])


def _shown(place: NDArray[np.float64]) -> bool:
    return bool(place.min() > VIEW_MARGIN and place.max() < 1 - VIEW_MARGIN)


def fits(camera: Camera, extent: Vector, others: tuple[RoomObject, ...], thing: RoomObject) -> bool:
    """Whether a thing is within the walls, in view, and clear of the other things of its sort."""
    hangs = thing.kind in (Kind.WINDOW, Kind.PICTURE)
    free = _fits_on_wall(extent, others, thing) if hangs else _fits_on_floor(extent, others, thing)
    return free and in_view(camera, thing)


def _fits_on_floor(extent: Vector, others: tuple[RoomObject, ...], thing: RoomObject) -> bool:
    left, front, right, back = footprint(thing)
    if left < -extent[0] / 2 or right > extent[0] / 2 or back > extent[1] or front < 0.1:
        return False
    if thing.kind is Kind.RUG:
        return True
    ignored = (*SHELL, *FLAT, *RESTS_ON_BED, thing.kind)
    return not any(
        rectangles_meet(footprint(thing), footprint(other), CLEARANCE) for other in others if other.kind not in ignored
    )


def _fits_on_wall(extent: Vector, others: tuple[RoomObject, ...], thing: RoomObject) -> bool:
    wall, span = hanging_wall(thing), wall_span(thing)
    start, end = (-extent[0] / 2, extent[0] / 2) if wall is Kind.BACK_WALL else (0.3, extent[1])
    if span[0] < start + 0.05 or span[2] > end - 0.05 or span[3] > extent[2] - 0.05 or span[1] < 0.3:
        return False
    hung = [other for other in others if other.kind in (Kind.WINDOW, Kind.PICTURE) and other.kind is not thing.kind]
    return not any(hanging_wall(other) is wall and rectangles_meet(span, wall_span(other), 0.08) for other in hung)


def fits_in_room(room: RoomDescription, thing: RoomObject) -> bool:
    """Whether a thing of the room would fit where it is described, whatever stands there now of its own kind."""
    return fits(room.camera, room.extent, room.objects, thing)


@dataclass
class Plan:
    """A room being furnished."""

    draws: Draws
    extent: Vector
    camera: Camera
    placed: list[RoomObject] = field(default_factory=list[RoomObject])

    def put(self, thing: RoomObject) -> None:
        """Place a thing without asking whether it fits."""
        self.placed.append(thing)

    def _place(self, name: str, coordinates: int, build: Callable[[Shares], RoomObject]) -> RoomObject | None:
        others = tuple(self.placed)
        thing = self.draws.place(name, coordinates, build, lambda thing: fits(self.camera, self.extent, others, thing))
        if thing is not None:
            self.put(thing)
        return thing

    def stand_against(self, name: str, wall: Kind, size: Vector, build: Build) -> RoomObject | None:
        """Stand a thing with its back to a wall."""
        return self._place(name, 1, lambda shares: build(*self._against(wall, size[0], size[1], 0.0, *shares)))

    def hang(self, name: str, wall: Kind, height: float, size: Vector, build: Build) -> RoomObject | None:
        """Hang a thing on a wall with its lower edge at `height`."""
        return self._place(name, 1, lambda shares: build(*self._against(wall, size[0], size[1], height, *shares)))

    def stand_free(self, name: str, size: Vector, yaw: float, build: Build) -> RoomObject | None:
        """Stand a thing anywhere on the floor, more often near the walls."""
        half = max(size[0], size[1]) / 2
        return self._place(name, 2, lambda shares: build(self._floor_point(half, *shares), yaw))

    def lay(self, name: str, yaw: float, build: Build) -> RoomObject | None:
        """Lay a rug on the floor, towards the middle of the room."""
        return self._place(name, 2, lambda shares: build(self._middle_point(*shares), yaw))

    def _against(self, wall: Kind, width: float, depth: float, height: float, along: float) -> tuple[Vector, float]:
        room_width, room_depth, _ = self.extent
        gap = 0.0 if height > 0 else 0.03
        if wall is Kind.BACK_WALL:
            reach = max(0.0, (room_width - width) / 2 - 0.06)
            return (between(-reach, reach, along), room_depth - depth / 2 - gap, height), 0.0
        y = between(0.3 + width / 2, max(0.3 + width / 2, room_depth - width / 2 - 0.06), along)
        side = -1 if wall is Kind.LEFT_WALL else 1
        return (side * (room_width / 2 - depth / 2 - gap), y, height), -side * math.pi / 2

    def _floor_point(self, half: float, across: float, away: float) -> Vector:
        width, depth, _ = self.extent
        x = between(-1, 1, across)
        near_wall = math.copysign(abs(x) ** 0.5, x)
        return near_wall * (width / 2 - half - 0.04), between(0.6, depth - half - 0.04, away), 0.0

    def _middle_point(self, across: float, away: float) -> Vector:
        width, depth, _ = self.extent
        return between(-0.25, 0.25, across) * width, between(0.25, 0.7, away) * depth, 0.0
