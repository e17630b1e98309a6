"""Blender's camera and empties as the numbers that :mod:`..camera` reckons with."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

import math
from collections.abc import Sequence

import bpy
from mathutils import Matrix, Vector

from .. import strings_camera as strings
from ..camera import Body, View
from ..client import ClientError
from ..linear import Vector3
from ..outlines import Box
from ..placement import Frame


def view_of(scene: bpy.types.Scene, frame: Frame) -> View:
    """What the active camera shows within the largest part of its frame that has the picture's shape.

    Raises:
        ClientError: NO_CAMERA, CAMERA_UNSUPPORTED.
    """
    view, window = window_of(scene)
    return view.fitted(window, frame)


def window_of(scene: bpy.types.Scene) -> tuple[View, tuple[float, float, float, float]]:
    """The active camera, and what it renders: left, right, bottom, top, as :meth:`..camera.View.fitted` takes it.

    Raises:
        ClientError: NO_CAMERA, CAMERA_UNSUPPORTED.
    """
    camera = scene.camera
    if camera is None or camera.type != "CAMERA":
        raise ClientError("NO_CAMERA", strings.NO_CAMERA, strings.NO_CAMERA_ACTION)
    if camera.data.type not in {"PERSP", "ORTHO"}:
        raise ClientError("CAMERA_UNSUPPORTED", strings.PANORAMA, strings.PANORAMA_ACTION)
    perspective = camera.data.type == "PERSP"
    corners = [
        (corner.x, corner.y) if not perspective else (corner.x / -corner.z, corner.y / -corner.z)
        for corner in camera.data.view_frame(scene=scene)
    ]
    across, upwards = zip(*corners, strict=True)
    right, up, backward, position = _columns(camera.matrix_world)
    view = View(
        position, _unit(right), _unit(up), _unit(backward), (0.0, 0.0), 1.0, perspective, camera.data.clip_start
    )
    return view, (min(across), max(across), min(upwards), max(upwards))


def find(scene: bpy.types.Scene, frame: Frame) -> View | None:
    """The same, or None where no camera can be looked through."""
    try:
        return view_of(scene, frame)
    except ClientError:
        return None


def body_of(empty: bpy.types.Object) -> Body:
    """The ellipsoid that an empty draws."""
    return body_from(empty.matrix_world, empty.empty_display_size)


def body_from(matrix: Matrix, radius: float = 1.0) -> Body:
    """The image of a sphere under a transform."""
    *axes, centre = _columns(matrix)
    first, second, third = ((axis[0] * radius, axis[1] * radius, axis[2] * radius) for axis in axes)
    return Body(centre, (first, second, third))


def matrix_of(body: Body, radius: float = 1.0) -> Matrix:
    """The transform of an empty of this radius that draws an ellipsoid."""
    columns = [[part / (radius or 1.0) for part in axis] for axis in body.axes]
    rows = [[*(column[row] for column in columns), body.centre[row]] for row in range(3)]
    return Matrix((*rows, (0.0, 0.0, 0.0, 1.0)))


def box_of(matrix: Matrix, numbers: Sequence[float]) -> Box:
    """A box in the world from one in an object's own coordinates, as it is written on the object."""
    box = Box.from_numbers(list(numbers))
    first, second, third = (tuple(matrix.to_3x3() @ Vector(half)) for half in box.halves)
    return Box(tuple(matrix @ Vector(box.centre)), (first, second, third))


def distance_of(empty: bpy.types.Object, view: View) -> float:
    """How far in front of the camera an empty stands."""
    return view.seen(tuple(empty.matrix_world.translation))[2]


def depth_of(empty: bpy.types.Object, view: View) -> float:
    """What decides the order of empties in space: nearer to the camera is larger."""
    return -(distance_of(empty, view) + empty.maquette_push)


def _columns(matrix: Matrix) -> list[Vector3]:
    return [tuple(column[:3]) for column in matrix.col]


def _unit(vector: Vector3) -> Vector3:
    length = math.sqrt(sum(part * part for part in vector)) or 1.0
    return vector[0] / length, vector[1] / length, vector[2] / length
