"""The artist's own picture behind a plane: remembered on the plane, read, and written with what was changed."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from .. import strings_picture as strings
from ..client import ClientError, inversion
from ..documents import read_scene, write_scene
from ..pixels import Floats, Pixels
from ..scene import Scene
from . import image_pixels, plane


def remember(target: bpy.types.Object, source: bpy.types.Image, part: inversion.Part, before: Scene) -> None:
    """Write on a plane in which part of which picture its scene was found."""
    memory = target.maquette_picture
    memory.source, memory.before = source, write_scene(before)
    memory.part = (part.left, part.top, part.width, part.height)
    memory.size = tuple(source.size)


def forget(target: bpy.types.Object) -> None:
    """The plane has another scene now."""
    target.property_unset("maquette_picture")


def source_of(target: bpy.types.Object | None) -> bpy.types.Image | None:
    """The picture in which the scene of a plane was found; None when it was not found in one."""
    return target.maquette_picture.source if target is not None and target.maquette_picture.before else None


def part_of(target: bpy.types.Object) -> inversion.Part:
    """What of the picture the scene is about."""
    return inversion.Part(*target.maquette_picture.part)


def before_of(target: bpy.types.Object) -> Scene:
    """The scene that stands for the picture as it is.

    Raises:
        ClientError: SCENE_FILE_CORRUPT or SCENE_FILE_UNKNOWN.
    """
    return read_scene(target.maquette_picture.before)


def read(target: bpy.types.Object) -> Pixels:
    """The pixels of the plane's picture.

    Raises:
        ClientError: IMAGE_CORRUPT when they are gone or of another size.
    """
    source = source_of(target)
    if source is None:
        raise ClientError("IMAGE_CORRUPT", strings.NOT_OF_A_PICTURE)
    if tuple(source.size) != tuple(target.maquette_picture.size):
        message = strings.SOURCE_CHANGED.format(name=source.name)
        raise ClientError("IMAGE_CORRUPT", message, strings.SOURCE_CHANGED_ACTION)
    return image_pixels.read(source)


def write_edited(target: bpy.types.Object, pixels: Pixels, values: Floats) -> bpy.types.Image:
    """Put the picture with its changes into the plane's edited image, which is made when there is none."""
    memory = target.maquette_picture
    edited = memory.edited
    if not image_pixels.fits(edited, pixels) or _belongs_to_another(edited, target):
        edited = image_pixels.new_image(strings.EDITED_NAME.format(name=pixels.name), memory.source, pixels)
        memory.edited = edited
    image_pixels.write(edited, values)
    return edited


def show_in_editors(context: bpy.types.Context, target: bpy.types.Object) -> None:
    """Where an editor shows the picture as it was, show it as it is now."""
    memory = target.maquette_picture
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "IMAGE_EDITOR" and area.spaces.active.image == memory.source:
                area.spaces.active.image = memory.edited


def _belongs_to_another(edited: bpy.types.Image, target: bpy.types.Object) -> bool:
    """Whether a plane that was duplicated draws on the image of the first."""
    others = (other for other in bpy.data.objects if other != target and plane.is_plane(other))
    return any(other.maquette_picture.edited == edited for other in others)
