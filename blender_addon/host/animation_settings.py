"""What the artist sets for animations, kept with the file."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
import bpy

from .. import strings_animation as strings

FORMATS = (("IMAGES", strings.IMAGES, strings.IMAGES_HELP), ("VIDEO", strings.VIDEO, strings.VIDEO_HELP))
OUTPUT = "//maquette/"
# Older ones take // without being told.
PATH_OPTIONS = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()


class AnimationSettings(bpy.types.PropertyGroup):
    """Settings of the animation of a Blender scene."""

    output: bpy.props.StringProperty(
        name=strings.OUTPUT,
        description=strings.OUTPUT_HELP,
        default=OUTPUT,
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    format: bpy.props.EnumProperty(name=strings.FORMAT, items=FORMATS)
    own_range: bpy.props.BoolProperty(name=strings.OWN_RANGE, description=strings.OWN_RANGE_HELP)
    start: bpy.props.IntProperty(name=strings.START, description=strings.START_HELP, default=1)
    end: bpy.props.IntProperty(name=strings.END, description=strings.END_HELP, default=250)
    step: bpy.props.IntProperty(name=strings.STEP, description=strings.STEP_HELP, default=1, min=1)


CLASSES = (AnimationSettings,)
