"""What the artist sets for camera mode."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
import bpy

from .. import strings_camera as strings
from . import camera_backdrop, clock, plane

BACKDROPS = (
    ("BACK", strings.BACKDROP_BEHIND, strings.BACKDROP_BEHIND_HELP),
    ("FRONT", strings.BACKDROP_OVER, strings.BACKDROP_OVER_HELP),
    ("OFF", strings.BACKDROP_OFF, strings.BACKDROP_OFF_HELP),
)
MODES = (
    ("SPACE", strings.MODE_SPACE, strings.MODE_SPACE_HELP),
    ("PLANE", strings.MODE_PLANE, strings.MODE_PLANE_HELP),
)


def _backdrop_changed(_settings: "CameraSettings", context: bpy.types.Context) -> None:
    camera_backdrop.update(context.scene, plane.current(context))


class CameraSettings(bpy.types.PropertyGroup):
    """Settings of a Blender scene."""

    backdrop: bpy.props.EnumProperty(
        name=strings.BACKDROP, description=strings.BACKDROP_HELP, items=BACKDROPS, update=_backdrop_changed
    )
    mode: bpy.props.EnumProperty(name=strings.MODE, items=MODES)
    follow: bpy.props.BoolProperty(name=strings.FOLLOW, description=strings.FOLLOW_HELP)
    furnish: bpy.props.BoolProperty(name=strings.FURNISH, description=strings.FURNISH_HELP)
    keep_absent: bpy.props.BoolProperty(name=strings.KEEP_ABSENT, description=strings.KEEP_ABSENT_HELP, default=True)


def register() -> None:
    """Add what every object has."""
    bpy.types.Object.maquette_push = bpy.props.FloatProperty(
        name=strings.PUSH,
        description=strings.PUSH_HELP,
        subtype="DISTANCE",
        update=lambda _object, _context: clock.world().mark_changed(),
    )
    bpy.types.Object.maquette_kind = bpy.props.StringProperty(name=strings.KIND, description=strings.KIND_HELP)


def unregister() -> None:
    """Take it away."""
    del bpy.types.Object.maquette_kind
    del bpy.types.Object.maquette_push
