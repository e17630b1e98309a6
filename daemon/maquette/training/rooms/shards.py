"""Rooms on disk: one .npz per hundred rooms, written whole or not at all, so that an interrupted run goes on."""

import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from maquette.errors import MaquetteError, Reason
from maquette.training.rooms.labels import SHAPES, label_room
from maquette.training.rooms.types import RoomDescription

ROOMS_PER_SHARD = 100
ARRAYS = {"picture": "picture", "depth_map": "depth", "normals": "normals", "mask": "mask"}
"""Names in a shard of what is rendered; the label "depth" is the distance of each object, not of each pixel."""

Shard = dict[str, NDArray[np.generic]]
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
    return folder / f"rooms-{first_seed:08d}.npz"


def plan_shards(first_seed: int, count: int, rooms_per_shard: int = ROOMS_PER_SHARD) -> list[range]:
    """The seeds of each shard; the last one may be shorter."""
    end = first_seed + count
    return [range(start, min(start + rooms_per_shard, end)) for start in range(first_seed, end, rooms_per_shard)]


def render_shards(renderer: Renderer, describe: Describe, folder: Path, shards: list[range]) -> Iterator[Path]:
    """Render the shards that are not there yet; yields each one's path once it is finished.

    Several processes may share a folder: each takes the shards that no other is at work on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for seeds in shards:
        path = shard_path(folder, seeds.start)
        try:
            # The system lets go of the lock when its process ends, however it ends.
            with FileLock(path.with_suffix(".lock"), blocking=False):
                if is_finished(path, len(seeds)):
                    continue
                write_shard(path, render_rooms(renderer, [describe(seed) for seed in seeds]))
        except Timeout:
            continue
        yield path


def render_rooms(renderer: Renderer, rooms: list[RoomDescription]) -> Shard:
    """Render rooms and stack pictures, labels and seeds along a first axis."""
    renders = [renderer.render(room) for room in rooms]
    labels = [label_room(room) for room in rooms]
    shard: Shard = {name: np.stack([getattr(render, kind) for render in renders]) for name, kind in ARRAYS.items()}
    shard |= {name: np.stack([label[name] for label in labels]) for name in SHAPES}
    shard["seed"] = np.array([room.seed for room in rooms], np.int64)
    return shard


def write_shard(path: Path, shard: Shard) -> None:
    """Write a shard under another name and move it into place."""
    unfinished = path.with_suffix(f".{os.getpid()}.partial")
    with unfinished.open("wb") as stream:
        np.savez_compressed(stream, **shard)  # pyright: ignore[reportArgumentType]
    unfinished.replace(path)


def read_shard(path: Path, names: tuple[str, ...] = ()) -> Shard:
    """The arrays of a shard, all of them or those named.

    Raises:
        MaquetteError: CONTENT_CORRUPT if the file cannot be read, or lacks a name.
    """
    try:
        with np.load(path) as content:
            return {name: content[name] for name in names or content.files}
    except (OSError, ValueError, KeyError, BadZipFile, EOFError, zlib.error) as error:
        raise MaquetteError(
            Reason.CONTENT_CORRUPT, f"{path.name} is not a whole shard of rooms.", "Delete it and render again."
        ) from error


def is_finished(path: Path, count: int) -> bool:
    """Whether a shard is there, can be read and holds this many rooms."""
    if not path.exists():
        return False
    try:
        return len(read_shard(path, ("seed",))["seed"]) == count
    except MaquetteError:
        return False


def list_shards(folder: Path) -> list[Path]:
    """The finished shards of a folder, in the order of their seeds."""
    return sorted(folder.glob("rooms-*.npz"))
