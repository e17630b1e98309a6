"""The gallery that the panel shows, and the pictures that Blender holds for it."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from ..gallery import Gallery, Lot
from . import picture
from .thumbnails import Thumbnails

gallery = Gallery()
_thumbnails = Thumbnails()


def add(lot: Lot) -> None:
    """Show a new lot."""
    gallery.add(lot)
    _show()


def leaf(forward: bool) -> bool:
    """Show the next lot or the one before; False when there is none."""
    turned = gallery.leaf(forward)
    if turned:
        _show()
    return turned


def clear() -> None:
    """Forget the proposals and free their pictures."""
    gallery.clear()
    _thumbnails.free()
    picture.redraw()


def shown_lot() -> Lot:
    """The lot that is shown.

    Raises:
        LookupError: there is none.
    """
    if gallery.lot is None:
        raise LookupError("No proposals are shown.")
    return gallery.lot


def icon(index: int) -> int:
    """The picture of a proposal, for ``template_icon``."""
    return _thumbnails.icon(str(index))


def _show() -> None:
    proposals = gallery.lot.proposals if gallery.lot is not None else ()
    images = {str(index): each.thumbnail for index, each in enumerate(proposals) if each.thumbnail is not None}
    _thumbnails.replace(images)
    picture.redraw()


@bpy.app.handlers.persistent
def _file_opened(*_arguments: object) -> None:
    clear()


def register() -> None:
    """Begin to listen for other files, which proposals do not belong to."""
    bpy.app.handlers.load_post.append(_file_opened)


def unregister() -> None:
    """Stop listening and free everything."""
    if _file_opened in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(_file_opened)
    clear()
