"""What the artist sets for styles, files and in-betweens."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
import bpy

from .. import strings_between, strings_files, strings_styles
from . import clock, plane


def _is_other_plane(_settings: "FileSettings", candidate: bpy.types.Object) -> bool:
    return plane.is_plane(candidate) and candidate != plane.current(bpy.context)


def _amount_changed(_target: bpy.types.Object, _context: bpy.types.Context) -> None:
    clock.world().mark_changed()


class FileSettings(bpy.types.PropertyGroup):
    """Settings of a Blender scene: another scene, and what is taken from it."""

    source: bpy.props.EnumProperty(
        name=strings_files.SOURCE,
        items=(
            ("PLANE", strings_files.SOURCE_PLANE, strings_files.SOURCE_PLANE_HELP),
            ("FILE", strings_files.SOURCE_FILE, strings_files.SOURCE_FILE_HELP),
        ),
    )
    source_plane: bpy.props.PointerProperty(
        type=bpy.types.Object,
        name=strings_files.SOURCE_PLANE,
        description=strings_files.SOURCE_PLANE_HELP,
        poll=_is_other_plane,
    )
    source_file: bpy.props.StringProperty(
        name=strings_files.SOURCE_FILE, description=strings_files.SOURCE_FILE_HELP, subtype="FILE_PATH"
    )
    amount: bpy.props.FloatProperty(
        name=strings_styles.AMOUNT,
        description=strings_styles.AMOUNT_HELP,
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    all_kinds: bpy.props.BoolProperty(name=strings_styles.ALL_KINDS, description=strings_styles.ALL_KINDS_HELP)
    style_amount: bpy.props.FloatProperty(
        name=strings_styles.AMOUNT,
        description=strings_styles.AMOUNT_HELP,
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    first: bpy.props.IntProperty(name=strings_between.FIRST, description=strings_between.FIRST_HELP, default=1)
    last: bpy.props.IntProperty(name=strings_between.LAST, description=strings_between.LAST_HELP, default=60)

    def chosen_source(self) -> tuple[str, str]:
        """Name of the other plane, or path of the file; both empty when none is chosen."""
        if self.source == "FILE":
            return "", self.source_file
        return ("", "") if self.source_plane is None else (self.source_plane.name, "")


def register() -> None:
    """Give every object the amount that the keyframes of a plane move."""
    bpy.types.Object.maquette_amount = bpy.props.FloatProperty(
        name=strings_between.AMOUNT,
        description=strings_between.AMOUNT_HELP,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        update=_amount_changed,
    )


def unregister() -> None:
    """Take it away."""
    del bpy.types.Object.maquette_amount
