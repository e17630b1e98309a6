"""What is known of a room's layout, as arrays with one row per kind."""

import numpy as np
from numpy.typing import NDArray

from maquette.training.rooms.ellipses import project_object
from maquette.training.rooms.silhouettes import silhouette_moments
from maquette.training.rooms.types import FURNITURE, KINDS, Camera, Light, RoomDescription, RoomObject

Labels = dict[str, NDArray[np.float32]]

SHAPES: dict[str, tuple[int, ...]] = {
    "present": (len(KINDS),),
    "mean": (len(KINDS), 2),
    "covariance": (len(KINDS), 2, 2),
    "depth": (len(KINDS),),
    "corners": (len(KINDS), 8, 2),
    "position": (len(KINDS), 3),
    "size": (len(KINDS), 3),
    "yaw": (len(KINDS),),
    "colours": (len(KINDS), 6),
    "parts": (len(KINDS),),
    "camera": (6,),
    "light": (7,),
    "extent": (3,),
}


def label_room(room: RoomDescription) -> Labels:
    """The labels of a room, float32, shaped as in `SHAPES`; rows of absent or unseen kinds are zero.

    The ellipse of a piece of furniture is that of its silhouette, of all else that of its box's outline.
    Means, covariances and corners are in picture coordinates (0 to 1, y down), depth, position, size and extent in
    metres, yaw and the camera's angles in radians, colours in linear light.
    """
    labels = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    for thing in room.objects:
        view = project_object(room.camera, thing)
        if view is None:
            continue
        row = KINDS.index(thing.kind)
        mean, covariance = _ellipse(room.camera, thing) or (view.mean, view.covariance)
        values = {
            "present": 1.0,
            "mean": mean,
            "covariance": covariance,
            "depth": view.depth,
            "corners": view.corners,
            "position": thing.position,
            "size": thing.size,
            "yaw": thing.yaw,
            "colours": [*thing.colours[0], *thing.colours[1]],
            "parts": len(thing.parts),
        }
        for name, value in values.items():
            labels[name][row] = value
    labels["camera"][:] = _camera_row(room.camera)
    labels["light"][:] = _light_row(room.light)
    labels["extent"][:] = room.extent
    return labels


def _ellipse(camera: Camera, thing: RoomObject) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    return silhouette_moments(camera, thing) if thing.kind in FURNITURE else None


def _camera_row(camera: Camera) -> list[float]:
    return [*camera.position, camera.yaw, camera.pitch, camera.fov]


def _light_row(light: Light) -> list[float]:
    return [
        light.window_power,
        light.window_tilt,
        light.window_turn,
        light.warmth,
        light.ceiling_power,
        light.lamp_power,
        light.ambient,
    ]
