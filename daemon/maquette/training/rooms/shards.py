"""Rooms on disk: one .npz per hundred rooms, written whole or not at all, so that an interrupted run goes on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from maquette.training.rendering import shards as rendered
from maquette.training.rendering.shards import Shard, make_shards
from maquette.training.rendering.shards import is_finished as is_finished
from maquette.training.rendering.shards import read_shard as read_shard
from maquette.training.rendering.shards import write_shard as write_shard
from maquette.training.rooms.labels import SHAPES, label_room
from maquette.training.rooms.types import RoomDescription

PREFIX = "rooms"
ROOMS_PER_SHARD = 100
ARRAYS = {"picture": "picture", "depth_map": "depth", "normals": "normals", "mask": "mask"}
"""Names in a shard of what is rendered; the label "depth" is the distance of each object, not of each pixel."""

Describe = Callable[[int], RoomDescription]


class RenderedRoom(Protocol):
    """The arrays of one render; see `blender_scene.Render`."""

    @property
    def picture(self) -> NDArray[np.uint8]:
        """(R, R, 3) sRGB."""
        ...

    @property
    def depth(self) -> NDArray[np.float16]:
        """(R, R) metres."""
        ...

    @property
    def normals(self) -> NDArray[np.int8]:
        """(R, R, 3) world axes times 127."""
        ...

    @property
    def mask(self) -> NDArray[np.uint8]:
        """(R, R) one more than the index of the kind."""
        ...


class Renderer(Protocol):
    """Whatever turns descriptions into renders."""

    def render(self, room: RoomDescription) -> RenderedRoom:
        """Render one room."""
        ...


def shard_path(folder: Path, first_seed: int) -> Path:
    """Where the shard that begins with this seed lies."""
    return rendered.shard_path(folder, PREFIX, first_seed)


def plan_shards(first_seed: int, count: int, rooms_per_shard: int = ROOMS_PER_SHARD) -> list[range]:
    """The seeds of each shard; the last one may be shorter."""
    return rendered.plan_shards(first_seed, count, rooms_per_shard)


def render_shards(renderer: Renderer, describe: Describe, folder: Path, shards: list[range]) -> Iterator[Path]:
    """Render the shards that are not there yet; yields each one's path once it is finished.

    Several processes may share a folder: each takes the shards that no other is at work on.
    """
    return make_shards(folder, PREFIX, shards, lambda seeds: render_rooms(renderer, [describe(seed) for seed in seeds]))


def render_rooms(renderer: Renderer, rooms: list[RoomDescription]) -> Shard:
    """Render rooms and stack pictures, labels and seeds along a first axis."""
    renders = [renderer.render(room) for room in rooms]
    labels = [label_room(room) for room in rooms]
    shard: Shard = {name: np.stack([getattr(render, kind) for render in renders]) for name, kind in ARRAYS.items()}
    shard |= {name: np.stack([label[name] for label in labels]) for name in SHAPES}
    shard["seed"] = np.array([room.seed for room in rooms], np.int64)
    return shard


def list_shards(folder: Path) -> list[Path]:
    """The finished shards of a folder, in the order of their seeds."""
    return rendered.list_shards(folder, PREFIX)
