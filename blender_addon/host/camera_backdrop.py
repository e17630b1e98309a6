"""The picture as the background of the camera's view, where the artist drags what the camera sees."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from . import picture, plane


def update(scene: bpy.types.Scene, target: bpy.types.Object | None) -> None:
    """Show the picture of a plane that is seen by the camera, if the artist wants it; else take it away."""
    wanted = target is not None and plane.is_seen_by_camera(target) and scene.maquette.camera.backdrop
    shown = plane.picture_of(target) if target is not None and wanted else None
    for camera in bpy.data.cameras:
        if camera.library is None:
            _show(camera, shown if scene.camera is not None and camera == scene.camera.data else None)


def _show(camera: bpy.types.Camera, shown: bpy.types.Image | None) -> None:
    backdrops = [each for each in camera.background_images if each.image and each.image.get(picture.PICTURE_MARK)]
    for backdrop in backdrops:
        if backdrop.image != shown:
            camera.background_images.remove(backdrop)
    if shown is None or any(backdrop.image == shown for backdrop in camera.background_images):
        return
    backdrop = camera.background_images.new()
    backdrop.image = shown
    # The picture is the largest part of its shape in the middle of the frame.
    backdrop.frame_method = "FIT"
    backdrop.display_depth = "BACK"
    backdrop.alpha = 1.0
    camera.show_background_images = True
