"""What the artist sets for the gallery and for Complete."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
import bpy

from .. import strings_gallery as strings
from ..gallery import DEFAULT_COMPLETIONS, DEFAULT_COUNT, LARGEST_COUNT


class GallerySettings(bpy.types.PropertyGroup):
    """Settings of a Blender scene."""

    count: bpy.props.IntProperty(
        name=strings.COUNT, description=strings.COUNT_HELP, default=DEFAULT_COUNT, min=1, max=LARGEST_COUNT
    )
    complete_count: bpy.props.IntProperty(
        name=strings.COUNT, description=strings.COUNT_HELP, default=DEFAULT_COMPLETIONS, min=1, max=LARGEST_COUNT
    )
    complete_seed: bpy.props.IntProperty(name=strings.COMPLETE_SEED, description=strings.COMPLETE_SEED_HELP)
    keep_background: bpy.props.BoolProperty(
        name=strings.KEEP_BACKGROUND, description=strings.KEEP_BACKGROUND_HELP, default=True
    )
