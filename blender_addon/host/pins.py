"""Which blobs the artist keeps: those with a pin, and those that are selected."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from .. import strings_gallery as strings
from . import blobs


def kept_empties(target: bpy.types.Object) -> list[bpy.types.Object]:
    """The pinned and the selected empties of a plane, from front to back."""
    return [empty for empty in blobs.front_to_back(target) if empty.maquette_pinned or empty.select_get()]


def kept_ids(target: bpy.types.Object) -> frozenset[str]:
    """The blobs of these empties."""
    return frozenset(empty[blobs.ID_KEY] for empty in kept_empties(target))


def draw_pin(layout: bpy.types.UILayout, empty: bpy.types.Object) -> None:
    """The pin in a row of the list."""
    icon = "PINNED" if empty.maquette_pinned else "UNPINNED"
    layout.prop(empty, "maquette_pinned", text="", emboss=False, icon=icon)


def register() -> None:
    """Give every object a pin."""
    bpy.types.Object.maquette_pinned = bpy.props.BoolProperty(name=strings.PIN, description=strings.PIN_HELP)


def unregister() -> None:
    """Take it away."""
    del bpy.types.Object.maquette_pinned
