"""The one room of the extension that knows Blender."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from . import (
    animation_operators,
    animation_panel,
    between_operators,
    blob_operators,
    camera_object_operators,
    camera_object_panel,
    camera_operators,
    camera_panel,
    camera_properties,
    clock,
    daemon_operators,
    file_operators,
    file_properties,
    gallery_operators,
    gallery_panel,
    overlay,
    panel,
    picture_operators,
    picture_panel,
    picture_properties,
    pins,
    properties,
    scene_operators,
    sections,
    showcase,
    style_operators,
    style_panel,
    style_shelf,
)

_CLASSES = (
    *daemon_operators.CLASSES,
    *scene_operators.CLASSES,
    *blob_operators.CLASSES,
    *gallery_operators.CLASSES,
    *style_operators.CLASSES,
    *file_operators.CLASSES,
    *between_operators.CLASSES,
    *panel.CLASSES,
    *camera_operators.CLASSES,
    *camera_panel.CLASSES,
    *camera_object_operators.CLASSES,
    *camera_object_panel.CLASSES,
    *animation_operators.CLASSES,
    *animation_panel.CLASSES,
    *gallery_panel.CLASSES,
    *style_panel.CLASSES,
    *picture_operators.CLASSES,
    *picture_panel.CLASSES,
)


def register() -> None:
    """Blender enables the extension."""
    properties.register()
    camera_properties.register()
    pins.register()
    file_properties.register()
    showcase.register()
    picture_properties.register()
    sections.put_in_order()
    for each in _CLASSES:
        bpy.utils.register_class(each)
    clock.register(properties.preferred_command())
    overlay.register()


def unregister() -> None:
    """Blender disables the extension."""
    overlay.unregister()
    clock.unregister()
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
    picture_properties.unregister()
    style_shelf.unregister()
    showcase.unregister()
    file_properties.unregister()
    pins.unregister()
    camera_properties.unregister()
    properties.unregister()
