"""What the artist sets in the panel, kept with the file, and the preferences, kept with Blender."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
import bpy

from .. import strings
from . import animation_settings, blobs, camera_properties, clock, picture_properties, plane, staging
from .file_properties import FileSettings
from .gallery_properties import GallerySettings

ROOT_PACKAGE = str(__package__).rpartition(".")[0]


def _chosen_index(_settings: "Settings") -> int:
    active = bpy.context.view_layer.objects.active
    return bpy.data.objects.find(active.name) if blobs.is_blob(active) else -1


def _choose_index(_settings: "Settings", index: int) -> None:
    """A row of the list was clicked: its empty becomes the active one; parts of the room are not selected with it."""
    chosen = bpy.data.objects[index]
    if chosen.name in bpy.context.view_layer.objects:
        staging.choose(bpy.context, chosen)


def _is_plane(_settings: "Settings", candidate: bpy.types.Object) -> bool:
    return plane.is_plane(candidate)


class Settings(bpy.types.PropertyGroup):
    """Settings of a Blender scene."""

    plane: bpy.props.PointerProperty(type=bpy.types.Object, poll=_is_plane)
    animation: bpy.props.PointerProperty(type=animation_settings.AnimationSettings)
    gallery: bpy.props.PointerProperty(type=GallerySettings)
    files: bpy.props.PointerProperty(type=FileSettings)
    camera: bpy.props.PointerProperty(type=camera_properties.CameraSettings)
    picture: bpy.props.PointerProperty(type=picture_properties.PictureSettings)
    model_id: bpy.props.StringProperty(name=strings.MODEL)
    seed: bpy.props.IntProperty(name=strings.SEED, description=strings.SEED_HELP)
    truncation: bpy.props.FloatProperty(
        name=strings.TRUNCATION,
        description=strings.TRUNCATION_HELP,
        default=0.2,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    separate_looks: bpy.props.BoolProperty(name=strings.SEPARATE_LOOKS, description=strings.SEPARATE_LOOKS_HELP)
    style_seed: bpy.props.IntProperty(name=strings.STYLE_SEED, description=strings.STYLE_SEED_HELP)
    background_seed: bpy.props.IntProperty(name=strings.BACKGROUND_SEED, description=strings.BACKGROUND_SEED_HELP)
    chosen: bpy.props.IntProperty(get=_chosen_index, set=_choose_index)
    restyle_source: bpy.props.EnumProperty(
        name=strings.RESTYLE_SOURCE,
        items=(
            ("SEED", strings.FROM_SEED, strings.FROM_SEED_HELP),
            ("BLOB", strings.FROM_BLOB, strings.FROM_BLOB_HELP),
        ),
    )
    restyle_seed: bpy.props.IntProperty(name=strings.SEED, description=strings.FROM_SEED_HELP, default=1)
    restyle_blob: bpy.props.PointerProperty(
        type=bpy.types.Object,
        name=strings.SOURCE_BLOB,
        description=strings.SOURCE_BLOB_HELP,
        poll=lambda _settings, candidate: blobs.is_blob(candidate),
    )
    restyle_amount: bpy.props.FloatProperty(
        name=strings.AMOUNT, description=strings.AMOUNT_HELP, default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )
    restyle_background: bpy.props.BoolProperty(name=strings.BACKGROUND, description=strings.BACKGROUND_HELP)


def _command_changed(preferences: "Preferences", _context: bpy.types.Context) -> None:
    clock.world().set_command(preferences.command)


class Preferences(bpy.types.AddonPreferences):
    """Preferences of the extension."""

    bl_idname = ROOT_PACKAGE

    command: bpy.props.StringProperty(
        name=strings.COMMAND, description=strings.COMMAND_HELP, subtype="FILE_PATH", update=_command_changed
    )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the preferences."""
        self.layout.prop(self, "command")


CLASSES = (
    *animation_settings.CLASSES,
    GallerySettings,
    FileSettings,
    *picture_properties.CLASSES,
    camera_properties.CameraSettings,
    Settings,
    Preferences,
)


def register() -> None:
    """Add the classes and the settings of every scene."""
    for each in CLASSES:
        bpy.utils.register_class(each)
    bpy.types.Scene.maquette = bpy.props.PointerProperty(type=Settings)


def unregister() -> None:
    """Take them away."""
    del bpy.types.Scene.maquette
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)


def preferred_command() -> str:
    """What starts the daemon, from the preferences; empty = find it."""
    addon = bpy.context.preferences.addons.get(ROOT_PACKAGE)
    return addon.preferences.command if addon and addon.preferences else ""
