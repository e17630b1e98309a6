"""The eyes of the empties: noted while the artist works, closed again where undo forgot them."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

from collections.abc import Hashable, Iterator

import bpy

from ..eyes import EyeBook
from . import blobs


def note(book: EyeBook) -> None:
    """Remember what is hidden now."""
    for empty, setting in _settings():
        book.note(setting, empty.hide_get())


def restore(book: EyeBook) -> None:
    """After undo or redo, hide again what Blender forgot to hide."""
    for empty, setting in _settings():
        if book.was_forgotten(setting, empty.hide_get()):
            empty.hide_set(True)


def _settings() -> Iterator[tuple[bpy.types.Object, Hashable]]:
    """The empties of all planes, each with the setting of its eye, of which every view layer has its own."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    for empty in layer.objects:
        if blobs.is_blob(empty):
            yield empty, (blobs.handle_of(scene), layer.name, blobs.handle_of(empty), empty.get(blobs.EYE_KEY))
