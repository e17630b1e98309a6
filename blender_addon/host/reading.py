"""The scene as the objects of a plane show it now, on the plane or to the camera."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

from dataclasses import replace

import bpy

from ..composition import Sighting, compose
from ..documents import read_blob
from ..identity import IdentityBook
from ..scene import Scene
from . import blobs, camera_view, leading, plane


def read_scene(target: bpy.types.Object, book: IdentityBook) -> tuple[Scene, list[str]]:
    """Read a plane and its empties; copies of empties are given ids of their own.

    Args:
        target: the plane.
        book: remembers who is who.

    Returns:
        The scene, and the names of empties that were left out because they are of another model.

    Raises:
        ClientError: what is written on an object cannot be read; NO_CAMERA where a camera is needed.
    """
    document = plane.document_of(target)
    seen_by_camera = plane.is_seen_by_camera(target)
    view = camera_view.view_of(bpy.context.scene, document.frame) if seen_by_camera else None
    empties = blobs.blobs_of(target)
    resolved = book.resolve({blobs.handle_of(empty): empty[blobs.ID_KEY] for empty in empties})
    sightings: list[Sighting] = []
    strangers: list[str] = []
    for empty in empties:
        written = read_blob(empty[blobs.DOCUMENT_KEY])
        if written.model_digest != document.header.model_digest:
            strangers.append(empty.name)
            continue
        blob_id = resolved[blobs.handle_of(empty)]
        if empty[blobs.ID_KEY] != blob_id:
            empty[blobs.ID_KEY] = blob_id
        blob = replace(written.blob, id=blob_id)
        sightings.append(blobs.sighted(empty, blob, target, document.frame, view))
    return leading.applied(target, compose(document.header, sightings)), strangers
