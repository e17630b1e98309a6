"""The empties that stand for blobs: made, read, and put back."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from ..composition import depth_of, is_shell, label, order_key
from ..documents import BlobDocument, read_blob, write_blob
from ..identity import IdOrder
from ..placement import Frame, Placement, centre, rotation, semi_axes
from ..scene import Blob

ID_KEY = "maquette_id"
DOCUMENT_KEY = "maquette_blob"

# A sphere this flat draws as the ellipse and its two axes.
_FLATNESS = 1e-3


def is_blob(candidate: bpy.types.Object | None) -> bool:
    """Whether an object is the empty of a blob."""
    return candidate is not None and DOCUMENT_KEY in candidate and ID_KEY in candidate


def blobs_of(plane: bpy.types.Object) -> list[bpy.types.Object]:
    """The empties of a plane, also those that the artist grouped under another parent.

    What was deleted may live on unseen while something refers to it, so only what the view layer holds counts.
    """
    present = bpy.context.view_layer.objects
    return [child for child in plane.children_recursive if is_blob(child) and present.get(child.name) == child]


def handle_of(empty: bpy.types.Object) -> int:
    """What stays the same for an object through renames and undo while the file is open."""
    return empty.session_uid


def front_to_back(plane: bpy.types.Object) -> list[bpy.types.Object]:
    """The empties of a plane in the order of the list."""
    inverse = plane.matrix_world.inverted_safe()

    def order(empty: bpy.types.Object) -> tuple[float, IdOrder]:
        return order_key((inverse @ empty.matrix_world).translation.z, empty[ID_KEY])

    return sorted(blobs_of(plane), key=order, reverse=True)


def is_hidden(empty: bpy.types.Object) -> bool:
    """Whether the artist hid it, by the eye or for all viewports."""
    return empty.hide_viewport or empty.hide_get()


def new_blob(plane: bpy.types.Object, document: BlobDocument, frame: Frame, rank: float) -> bpy.types.Object:
    """An empty for a blob, on its plane."""
    blob = document.blob
    empty = bpy.data.objects.new(label(blob), None)
    empty.empty_display_type = "SPHERE"
    empty.empty_display_size = 1.0
    empty.show_in_front = True
    empty.show_name = not is_shell(blob)
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
    empty.scale = (*semi_axes(blob.ellipse, frame), _FLATNESS)


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
