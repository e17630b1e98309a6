"""What the artist sets for camera mode."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
import bpy

from .. import strings_camera as strings
from . import camera_backdrop, clock, plane


def _backdrop_changed(_settings: "CameraSettings", context: bpy.types.Context) -> None:
    camera_backdrop.update(context.scene, plane.current(context))


class CameraSettings(bpy.types.PropertyGroup):
    """Settings of a Blender scene."""

    backdrop: bpy.props.BoolProperty(
        name=strings.BACKDROP, description=strings.BACKDROP_HELP, default=True, update=_backdrop_changed
    )


def register() -> None:
    """Add what every object has."""
    bpy.types.Object.maquette_push = bpy.props.FloatProperty(
        name=strings.PUSH,
        description=strings.PUSH_HELP,
        subtype="DISTANCE",
        update=lambda _object, _context: clock.world().mark_changed(),
    )


def unregister() -> None:
    """Take it away."""
    del bpy.types.Object.maquette_push
