"""The picture as the background of the camera's view, where the artist drags what the camera sees."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from . import picture, plane

_ALPHA = {"BACK": 1.0, "FRONT": 0.7}


def update(scene: bpy.types.Scene, target: bpy.types.Object | None) -> None:
    """Show the picture of a plane that is seen by the camera as the artist wants it; else take it away."""
    depth = scene.maquette.camera.backdrop
    wanted = target is not None and plane.is_seen_by_camera(target) and depth in _ALPHA
    shown = plane.picture_of(target) if target is not None and wanted else None
    for camera in bpy.data.cameras:
        if camera.library is None:
            _show(camera, shown if scene.camera is not None and camera == scene.camera.data else None, depth)


def _show(camera: bpy.types.Camera, shown: bpy.types.Image | None, depth: str) -> None:
    for backdrop in [each for each in camera.background_images if each.image]:
        if backdrop.image.get(picture.PICTURE_MARK):
            camera.background_images.remove(backdrop)
    if shown is None:
        return
    backdrop = camera.background_images.new()
    backdrop.image = shown
    # The picture is the largest part of its shape in the middle of the frame.
    backdrop.frame_method = "FIT"
    backdrop.display_depth = depth
    backdrop.alpha = _ALPHA[depth]
    camera.show_background_images = True
