"""What the artist sets about the view and a picture of his own, and what a plane remembers of that picture."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
import bpy

from .. import strings_picture as strings
from . import overlay, picture


def _redraw(_settings: "PictureSettings", _context: bpy.types.Context) -> None:
    picture.redraw()


def _refresh(_settings: "PictureSettings", _context: bpy.types.Context) -> None:
    overlay.refresh()


class PictureSettings(bpy.types.PropertyGroup):
    """Settings of a Blender scene."""

    show_labels: bpy.props.BoolProperty(
        name=strings.LABELS, description=strings.LABELS_HELP, default=True, update=_redraw
    )
    show_map: bpy.props.BoolProperty(name=strings.BLOB_MAP, description=strings.BLOB_MAP_HELP, update=_refresh)
    map_opacity: bpy.props.FloatProperty(
        name=strings.MAP_OPACITY,
        description=strings.MAP_OPACITY_HELP,
        default=0.4,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        update=_redraw,
    )
    show_edited: bpy.props.BoolProperty(name=strings.SHOW_EDITED, description=strings.SHOW_EDITED_HELP, update=_refresh)
    source: bpy.props.PointerProperty(type=bpy.types.Image, name=strings.SOURCE, description=strings.SOURCE_HELP)
    steps: bpy.props.IntProperty(name=strings.STEPS, description=strings.STEPS_HELP, default=-1, min=-1, max=2000)
    place: bpy.props.FloatProperty(
        name=strings.PLACE, description=strings.PLACE_HELP, default=0.5, min=0.0, max=1.0, subtype="FACTOR"
    )


class OwnPicture(bpy.types.PropertyGroup):
    """The picture in which the scene of a plane was found."""

    source: bpy.props.PointerProperty(type=bpy.types.Image, name=strings.SOURCE)
    edited: bpy.props.PointerProperty(type=bpy.types.Image, name=strings.EDITED)
    before: bpy.props.StringProperty()
    part: bpy.props.IntVectorProperty(size=4)
    size: bpy.props.IntVectorProperty(size=2)


CLASSES = (PictureSettings, OwnPicture)


def register() -> None:
    """Let every object remember a picture."""
    bpy.types.Object.maquette_picture = bpy.props.PointerProperty(type=OwnPicture)


def unregister() -> None:
    """Take it away."""
    del bpy.types.Object.maquette_picture
