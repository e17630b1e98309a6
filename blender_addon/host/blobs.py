"""The empties that stand for blobs: made, read, and put back."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import bpy

from ..camera import View
from ..camera import read as read_by_camera
from ..composition import Sighting, depth_of, is_shell, label, order_key
from ..documents import BlobDocument, read_blob, write_blob
from ..identity import IdOrder
from ..outlines import room_ellipse
from ..placement import Frame, Placement, centre, rotation, semi_axes
from ..scene import Blob, Ellipse
from . import camera_view
from .plane import frame_of, is_seen_by_camera, plane_of

ID_KEY = "maquette_id"
DOCUMENT_KEY = "maquette_blob"
SPACE_KEY = "maquette_in_space"
"""On an empty that the camera sees, not one that stands on the plane."""
BOX_KEY = "maquette_box"
"""On an empty in space that is a part of the room: its box, as the empty's own coordinates have it."""
UNSCALED_KEY = "maquette_unscaled"
"""On an empty of a blob too small to be seen: the radius that it was given in space."""
EYE_KEY = "maquette_eye"
"""On an empty that Maquette hid or showed: another text each time, by which undone changes are told apart."""

# A sphere this flat draws as the ellipse and its two axes.
FLATNESS = 1e-3


def is_blob(candidate: bpy.types.Object | None) -> bool:
    """Whether an object is the empty of a blob."""
    return candidate is not None and DOCUMENT_KEY in candidate and ID_KEY in candidate


def blobs_of(plane: bpy.types.Object) -> list[bpy.types.Object]:
    """The empties of a plane, also those that the artist grouped under another parent.

    What was deleted may live on unseen while something refers to it, so only what the view layer holds counts.
    """
    return [each for each in bpy.context.view_layer.objects if is_blob(each) and plane_of(each) == plane]


def handle_of(thing: bpy.types.ID) -> int:
    """What stays the same for an object or a scene through renames and undo while the file is open."""
    return thing.session_uid


def front_to_back(plane: bpy.types.Object) -> list[bpy.types.Object]:
    """The empties of a plane in the order of the list."""
    view = camera_view.find(bpy.context.scene, frame_of(plane)) if is_seen_by_camera(plane) else None
    inverse = plane.matrix_world.inverted_safe()

    def order(empty: bpy.types.Object) -> tuple[float, IdOrder]:
        if view is not None and SPACE_KEY in empty:
            return order_key(camera_view.depth_of(empty, view), empty[ID_KEY])
        return order_key((inverse @ empty.matrix_world).translation.z, empty[ID_KEY])

    return sorted(blobs_of(plane), key=order, reverse=True)


def sighted(
    empty: bpy.types.Object, written: Blob, plane: bpy.types.Object, frame: Frame, view: View | None
) -> Sighting:
    """What an empty shows.

    Args:
        written: the blob as it was written on the empty, under the id that the empty has now.
        view: of the camera; None = what counts is where the empty stands on its plane.
    """
    if view is None or SPACE_KEY not in empty:
        return Sighting.on_plane(written, placement_of(empty, plane), frame, is_hidden(empty))
    depth = camera_view.depth_of(empty, view)
    if BOX_KEY in empty:
        ellipse = room_ellipse(camera_view.box_of(empty.matrix_world, empty[BOX_KEY]), view, frame, written.ellipse)
    else:
        ellipse = _of_body(empty, written.ellipse, view, frame)
    if ellipse is None:
        return Sighting(replace(written, hidden=True), depth)
    return Sighting(replace(written, ellipse=ellipse, hidden=is_hidden(empty)), depth)


def _of_body(empty: bpy.types.Object, written: Ellipse, view: View, frame: Frame) -> Ellipse | None:
    body = camera_view.body_of(empty)
    radius = empty.get(UNSCALED_KEY)
    unscaled = radius is not None and abs(body.radius - radius) < 1e-3 * radius
    return read_by_camera(body, view, frame, written, unscaled)


def is_hidden(empty: bpy.types.Object) -> bool:
    """Whether the artist hid it: by the eye, for all viewports or for renders, as keyframes do."""
    return empty.hide_viewport or empty.hide_render or empty.hide_get()


def hide(empty: bpy.types.Object, hidden: bool = True) -> None:
    """Close or open the eye of an empty."""
    empty.hide_set(hidden)
    empty[EYE_KEY] = uuid4().hex


def show(empty: bpy.types.Object) -> None:
    """Show an empty whichever way it was hidden."""
    empty.hide_viewport = empty.hide_render = False
    hide(empty, False)


def new_blob(plane: bpy.types.Object, document: BlobDocument, frame: Frame, rank: float) -> bpy.types.Object:
    """An empty for a blob, on its plane."""
    blob = document.blob
    empty = bpy.data.objects.new(label(blob), None)
    empty.empty_display_type = "SPHERE"
    empty.empty_display_size = 1.0
    empty.show_in_front = True
    empty.hide_select = is_shell(blob)
    empty.lock_location = (False, False, True)
    empty.lock_rotation = (True, True, False)
    empty.lock_scale = (False, False, True)
    empty.parent = plane
    plane.users_collection[0].objects.link(empty)
    empty.hide_set(blob.hidden)
    empty[ID_KEY] = blob.id
    empty[DOCUMENT_KEY] = write_blob(document)
    put(empty, blob, frame, rank)
    return empty


def put(empty: bpy.types.Object, blob: Blob, frame: Frame, rank: float) -> None:
    """Stand an empty where its blob says."""
    empty.location = (*centre(blob.ellipse, frame), depth_of(rank))
    empty.rotation_mode = "XYZ"
    empty.rotation_euler = (0.0, 0.0, rotation(blob.ellipse))
    empty.scale = (*semi_axes(blob.ellipse, frame), FLATNESS)


def placement_of(empty: bpy.types.Object, plane: bpy.types.Object) -> Placement:
    """Where an empty stands on its plane, whatever parents and constraints it has."""
    matrix = plane.matrix_world.inverted_safe() @ empty.matrix_world
    radius = empty.empty_display_size
    return Placement(
        matrix[0][3],
        matrix[1][3],
        matrix[2][3],
        (matrix[0][0] * radius, matrix[1][0] * radius),
        (matrix[0][1] * radius, matrix[1][1] * radius),
    )


def document_of(empty: bpy.types.Object) -> BlobDocument:
    """What is written on an empty.

    Raises:
        ClientError: SCENE_FILE_CORRUPT.
    """
    return read_blob(empty[DOCUMENT_KEY])


def write_document(empty: bpy.types.Object, document: BlobDocument) -> None:
    """Write a blob on its empty; which blob it is and where it stands is not touched."""
    empty[DOCUMENT_KEY] = write_blob(document)
