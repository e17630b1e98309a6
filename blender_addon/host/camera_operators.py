"""Operators that stand the scene in space, and put it back on its plane."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import bpy

from .. import strings_camera as strings
from ..client import ClientError
from . import blobs, camera_backdrop, camera_mode, camera_view, clock, plane, reading
from .reporting import report_failure
from .scene_operators import NeedsScene


class ToCamera(NeedsScene, bpy.types.Operator):
    """Let the active camera decide."""

    bl_idname = "maquette.to_camera"
    bl_label = strings.TO_CAMERA
    bl_description = strings.TO_CAMERA_HELP
    bl_options = {"REGISTER", "UNDO"}

    distance: bpy.props.FloatProperty(
        name=strings.DISTANCE, description=strings.DISTANCE_HELP, min=0.0, subtype="DISTANCE", options={"SKIP_SAVE"}
    )
    spread: bpy.props.FloatProperty(
        name=strings.SPREAD,
        description=strings.SPREAD_HELP,
        default=camera_mode.SHARE,
        min=0.0,
        max=0.9,
        subtype="FACTOR",
    )

    def execute(self, context):
        """Stand them in space."""
        return _switched(self, context, lambda target: camera_mode.enter(context, target, self.distance, self.spread))


class ToPlane(NeedsScene, bpy.types.Operator):
    """Let the place on the plane decide."""

    bl_idname = "maquette.to_plane"
    bl_label = strings.TO_PLANE
    bl_description = strings.TO_PLANE_HELP
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        """Put them on the plane."""
        return _switched(self, context, lambda target: camera_mode.leave(context, target))


def _switched(operator, context, switch):
    target, book = plane.current(context), clock.world().book
    by_camera = isinstance(operator, ToCamera)
    if plane.is_seen_by_camera(target) == by_camera:
        return {"CANCELLED"}
    try:
        context.view_layer.update()
        sees = camera_view.find(context.scene, plane.frame_of(target)) is not None
        before = reading.read_scene(target, book)[0] if sees or by_camera else None
        switch(target)
        after = reading.read_scene(target, book)[0]
    except ClientError as error:
        return report_failure(operator, error)
    camera_backdrop.update(context.scene, target)
    if before is not None and before != after:
        same = set(before.blobs) & set(after.blobs)
        held = {blob.id for blob in after.blobs if blob not in same}
        names = ", ".join(empty.name for empty in blobs.blobs_of(target) if empty[blobs.ID_KEY] in held)
        operator.report({"WARNING"}, strings.HELD.format(names=names))
    clock.world().mark_changed()
    return {"FINISHED"}


CLASSES = (ToCamera, ToPlane)
