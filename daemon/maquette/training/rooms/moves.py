"""Moves for measuring edit fidelity: one thing, somewhere else in the same room, where it fits."""

import math
from collections.abc import Iterator
from pathlib import Path
from random import Random

from maquette.training.rooms.description import describe_room, move_object
from maquette.training.rooms.ellipses import project_object
from maquette.training.rooms.placement import fits_in_room, hanging_wall
from maquette.training.rooms.shards import Renderer, is_finished, render_rooms, write_shard
from maquette.training.rooms.types import Kind, RoomDescription, RoomObject, Vector

MOVED_KINDS: tuple[Kind, ...] = (Kind.BED, Kind.RUG, Kind.LAMP, Kind.CABINET, Kind.PICTURE)
LEAST_SHIFT = 0.08
"""The least distance a thing's middle moves in the picture, as a share of its width."""


def choose_move(room: RoomDescription, kind: Kind, tries: int = 60) -> Vector | None:
    """An offset in metres by which the room's thing of this kind can go; None if there is none or it finds no place.

    Deterministic by the room's seed and the kind.
    """
    thing = room.find(kind)
    if thing is None:
        return None
    rng = Random(f"move-1:{room.seed}:{kind.value}")
    for _ in range(tries):
        offset = _propose(rng, thing)
        moved = move_object(room, kind, offset).find(kind)
        if moved is not None and fits_in_room(room, moved) and _shift(room, thing, moved) >= LEAST_SHIFT:
            return offset
    return None


def _propose(rng: Random, thing: RoomObject) -> Vector:
    if thing.kind in (Kind.PICTURE, Kind.WINDOW):
        along = math.copysign(rng.uniform(0.3, 1.2), rng.random() - 0.5)
        up = rng.uniform(-0.3, 0.3)
        return (along, 0.0, up) if hanging_wall(thing) is Kind.BACK_WALL else (0.0, along, up)
    distance, angle = rng.uniform(0.35, 1.0), rng.uniform(-math.pi, math.pi)
    return distance * math.cos(angle), distance * math.sin(angle), 0.0


def _shift(room: RoomDescription, thing: RoomObject, moved: RoomObject) -> float:
    before, after = project_object(room.camera, thing), project_object(room.camera, moved)
    if before is None or after is None:
        return 0.0
    return float(math.hypot(*(after.mean - before.mean)))


def describe_moved(kind: Kind, seeds: range, count: int) -> list[RoomDescription]:
    """The first `count` rooms of these seeds in which the kind can move, after its move."""
    rooms: list[RoomDescription] = []
    for seed in seeds:
        room = describe_room(seed)
        offset = choose_move(room, kind)
        if offset is not None:
            rooms.append(move_object(room, kind, offset))
        if len(rooms) == count:
            break
    return rooms


def moved_path(folder: Path, kind: Kind) -> Path:
    """Where the rooms lie in which this kind was moved."""
    return folder / f"moved-{kind.value.replace(' ', '-')}.npz"


def render_moves(renderer: Renderer, folder: Path, seeds: range, count: int) -> Iterator[Path]:
    """Render `count` moved rooms for each kind that evaluation moves, as far as they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in MOVED_KINDS:
        path = moved_path(folder, kind)
        rooms = describe_moved(kind, seeds, count)
        if rooms and not is_finished(path, len(rooms)):
            write_shard(path, render_rooms(renderer, rooms))
            yield path
