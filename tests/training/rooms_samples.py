"""Rooms, boxes and stand-in renders that the tests of *Rooms* share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st
from maquette.training.rooms import furniture
from maquette.training.rooms.types import Camera, Kind, RoomDescription, RoomObject

RESOLUTION = 8
CAMERA = Camera((0.0, -1.0, 1.6), 0.0, 0.15, 1.1)

seeds = st.integers(0, 10**9)


def lamp_at(x: float, y: float) -> RoomObject:
    """A floor lamp 0.4 m wide and 1.5 m high."""
    return furniture.build_lamp((x, y, 0.0), (0.4, 0.4, 1.5), (0.1, 0.1, 0.1), (0.9, 0.9, 0.9), 0.0)


def picture_on(kind: Kind, along: float, height: float, extent: tuple[float, float, float]) -> RoomObject:
    """A picture 0.8 m wide and 0.5 m high, its middle `along` metres along a wall."""
    positions = {
        Kind.BACK_WALL: ((along, extent[1], height), 0.0),
        Kind.LEFT_WALL: ((-extent[0] / 2, along, height), np.pi / 2),
        Kind.RIGHT_WALL: ((extent[0] / 2, along, height), -np.pi / 2),
    }
    position, yaw = positions[kind]
    return furniture.build_picture(position, (0.8, 0.05, 0.5), float(yaw), (0.2, 0.2, 0.2), (0.5, 0.2, 0.1))


@st.composite
def boxes(draw: st.DrawFn) -> RoomObject:
    """A thing of any size and turn, wholly in front of `CAMERA`."""

    def between(low: float, high: float) -> float:
        return draw(st.floats(low, high, allow_nan=False))

    position = (between(-1.5, 1.5), between(1.2, 4.0), between(0.0, 1.5))
    size = (between(0.1, 1.6), between(0.1, 1.6), between(0.1, 1.6))
    return replace(lamp_at(0.0, 0.0), position=position, size=size, yaw=between(-np.pi, np.pi))


@dataclass(frozen=True)
class PlainRender:
    """A stand-in for a render: every pixel tells which room it came from."""

    picture: np.ndarray
    depth: np.ndarray
    normals: np.ndarray
    mask: np.ndarray


class PlainRenderer:
    """Renders without Blender, and remembers which rooms it was given."""

    def __init__(self, fail_at: int | None = None) -> None:
        self.seeds: list[int] = []
        self._fail_at = fail_at

    def render(self, room: RoomDescription) -> PlainRender:
        if room.seed == self._fail_at:
            raise RuntimeError("the renderer broke down")
        self.seeds.append(room.seed)
        noise = np.random.default_rng(room.seed)
        square = (RESOLUTION, RESOLUTION)
        return PlainRender(
            noise.integers(0, 256, (*square, 3), np.uint8),
            noise.random(square).astype(np.float16),
            noise.integers(-127, 128, (*square, 3), np.int8),
            noise.integers(0, 16, square, np.uint8),
        )
