"""Run in a process of its own: renders rooms with Blender and keeps every pixel for the tests to look at.

Usage: render_three_rooms.py FOLDER. Writes one .npz for each of `SEEDS`, for the first room with its bed moved
("moved") and for the first room once more at the end ("again").
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from maquette.training.rooms.blender_scene import BlenderScene
from maquette.training.rooms.description import describe_room, move_object
from maquette.training.rooms.types import Kind, RoomDescription

SEEDS = (0, 1, 2)
MOVE = (0.7, -0.5, 0.0)
RESOLUTION = 64


def rooms() -> dict[str, RoomDescription]:
    """What is rendered, in this order, by name."""
    first = describe_room(SEEDS[0])
    described = {str(seed): describe_room(seed) for seed in SEEDS}
    return described | {"moved": move_object(first, Kind.BED, MOVE), "again": first}


def main(folder: Path) -> None:
    scene = BlenderScene(RESOLUTION, samples=8, threads=1)
    for name, room in rooms().items():
        np.savez(folder / f"{name}.npz", **vars(scene.render(room)))
    scene.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
