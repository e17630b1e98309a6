"""The one room of the extension that knows Blender."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from . import (
    blob_operators,
    camera_operators,
    camera_panel,
    camera_properties,
    clock,
    daemon_operators,
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
    showcase,
)

_CLASSES = (
    *daemon_operators.CLASSES,
    *scene_operators.CLASSES,
    *blob_operators.CLASSES,
    *gallery_operators.CLASSES,
    *panel.CLASSES,
    *camera_operators.CLASSES,
    *camera_panel.CLASSES,
    *gallery_panel.CLASSES,
    *picture_operators.CLASSES,
    *picture_panel.CLASSES,
)


def register() -> None:
    """Blender enables the extension."""
    properties.register()
    camera_properties.register()
    pins.register()
    showcase.register()
    picture_properties.register()
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
    showcase.unregister()
    pins.unregister()
    camera_properties.unregister()
    properties.unregister()
