"""The part of the panel about the camera."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from .. import strings_camera as strings
from . import blobs, plane
from .blob_operators import active_blob
from .camera_operators import ToCamera, ToPlane
from .panel import ScenePanel


class CameraPanel(ScenePanel, bpy.types.Panel):
    """Plane or space."""

    bl_idname = "MAQUETTE_PT_camera"
    bl_label = strings.CAMERA
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        target = plane.current(context)
        by_camera = plane.is_seen_by_camera(target)
        row = self.layout.row(align=True)
        row.operator(ToPlane.bl_idname, depress=not by_camera)
        row.operator(ToCamera.bl_idname, depress=by_camera)
        camera = context.scene.camera
        if camera is None:
            self.layout.label(text=strings.NO_CAMERA, icon="ERROR")
            return
        if not by_camera:
            return
        self.layout.label(text=strings.SEEN_BY.format(name=camera.name), icon="OUTLINER_OB_CAMERA")
        self.layout.row(align=True).prop(context.scene.maquette.camera, "backdrop", expand=True)
        empty = active_blob(context)
        if empty is not None and blobs.SPACE_KEY in empty:
            self.layout.prop(empty, "maquette_push")


CLASSES = (CameraPanel,)
