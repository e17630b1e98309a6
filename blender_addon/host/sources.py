"""Scenes that an operator reads: a plane as it is now, another plane, or a file."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

from pathlib import Path

import bpy

from .. import strings_files as strings
from ..client import ClientError
from ..scene import Scene
from ..scene_files import load_scene
from . import blobs, clock, plane, reading


def read(target: bpy.types.Object) -> Scene:
    """The scene of a plane as it is now.

    Raises:
        ClientError: what is written on an object cannot be read.
    """
    bpy.context.view_layer.update()
    return reading.read_scene(target, clock.world().book)[0]


def other_scene(context: bpy.types.Context, source_plane: str, filepath: str) -> Scene:
    """The scene of another plane by its name, or, where none is named, of a file.

    Raises:
        ClientError: NO_SOURCE when neither is chosen; what cannot be read.
    """
    if source_plane:
        source = context.scene.objects.get(source_plane)
        if not plane.is_plane(source):
            raise ClientError("NO_SOURCE", strings.NO_SOURCE_PLANE)
        return read(source)
    if not filepath:
        raise ClientError("NO_SOURCE", strings.NO_SOURCE)
    return load_scene(Path(bpy.path.abspath(filepath)))


def plane_by_handle(context: bpy.types.Context, handle: int) -> bpy.types.Object:
    """A plane that may have been renamed since, or undone and redone.

    Raises:
        ClientError: SCENE_GONE.
    """
    for candidate in context.scene.objects:
        if plane.is_plane(candidate) and blobs.handle_of(candidate) == handle:
            return candidate
    raise ClientError("SCENE_GONE", strings.PLANE_GONE, strings.PLANE_GONE_ACTION)
