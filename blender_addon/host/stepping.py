"""Going from frame to frame of a Blender scene to read it, and leaving everything as it was."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

from typing import Any

import bpy

from ..scene import Scene
from . import blobs, clock, reading

_ANIMATED = (
    "location",
    "rotation_euler",
    "rotation_quaternion",
    "rotation_axis_angle",
    "scale",
    "hide_viewport",
    "hide_render",
)


class Stepper:
    """While it is open the picture in Blender stays as it is: the daemon is not told what passes by.

    Args:
        context: names the Blender scene and the view layer.
        target: the plane that is read.

    Attributes:
        strangers: names of empties that were left out because they are of another model.
    """

    def __init__(self, context: bpy.types.Context, target: bpy.types.Object) -> None:
        self._scene, self._view_layer, self._target = context.scene, context.view_layer, target
        self._moment = (self._scene.frame_current, self._scene.frame_subframe)
        self._unkeyed = {each: _transform(each) for each in _involved(self._scene, target)}
        self.strangers: list[str] = []
        clock.world().held = True

    def scene_at(self, frame: int) -> Scene:
        """Go to a frame and read its scene.

        Raises:
            ClientError: what is written on an object cannot be read.
        """
        with bpy.context.temp_override(scene=self._scene, view_layer=self._view_layer):
            self._scene.frame_set(frame)
            scene, self.strangers = reading.read_scene(self._target, clock.world().book)
        return scene

    def close(self) -> None:
        """Go back to where the artist was, also with what was moved there without a keyframe."""
        frame, subframe = self._moment
        self._scene.frame_set(frame, subframe=subframe)
        for each, transform in self._unkeyed.items():
            for name, value in transform.items():
                if _value(each, name) != value:
                    setattr(each, name, value)
        self._view_layer.update()
        clock.world().held = False
        clock.world().mark_changed()


def _involved(scene: bpy.types.Scene, target: bpy.types.Object) -> list[bpy.types.Object]:
    """Everything whose keyframes the frames pass over and that decides what the picture shows."""
    chain = [target, *blobs.blobs_of(target), *([scene.camera] if scene.camera else [])]
    parents = [parent for each in chain for parent in _parents(each)]
    return [each for each in dict.fromkeys([*chain, *parents]) if each.animation_data]


def _parents(candidate: bpy.types.Object) -> list[bpy.types.Object]:
    found: list[bpy.types.Object] = []
    while (candidate := candidate.parent) is not None:
        found.append(candidate)
    return found


def _transform(candidate: bpy.types.Object) -> dict[str, Any]:
    return {name: _value(candidate, name) for name in _ANIMATED}


def _value(candidate: bpy.types.Object, name: str) -> Any:
    value = getattr(candidate, name)
    return value if isinstance(value, bool) else tuple(value)
