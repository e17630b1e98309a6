"""Putting a scene into Blender: a plane with its empties, a reset, a copy of a blob, another order."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import bpy
from mathutils import Vector

from ..documents import BlobDocument, PlaneDocument
from ..identity import fresh_id
from ..sampling import NewScene
from ..scene import Restyle
from . import blobs, camera_mode, camera_view, leading, own_picture, plane

_CLONE_STEP = 0.06


def stage(context: bpy.types.Context, new: NewScene, target: bpy.types.Object | None) -> bpy.types.Object:
    """Show a new scene on ``target``, in place of its scene, or (None) on a new plane."""
    if target is None:
        target = plane.new_plane(context.scene, new.document, new.width, new.height)
    context.scene.maquette.plane = target
    own_picture.forget(target)
    restage(context, target, new.document)
    choose(context, target)
    return target


def choose(context: bpy.types.Context, chosen: bpy.types.Object) -> None:
    """Make one object the active and the only selected one; what cannot be clicked is not selected either."""
    for selected in context.selected_objects:
        selected.select_set(False)
    context.view_layer.objects.active = chosen
    if not chosen.hide_select:
        chosen.select_set(True)


def restage(context: bpy.types.Context, target: bpy.types.Object, document: PlaneDocument) -> None:
    """Write a scene on a plane and stand its blobs there as they were sampled."""
    for empty in blobs.blobs_of(target):
        bpy.data.objects.remove(empty)
    leading.forget(target)
    plane.write_document(target, document)
    plane.resize_plane(target, document)
    for rank, blob in enumerate(document.sampled.blobs):
        blobs.new_blob(target, BlobDocument.of(document.sampled, blob), document.frame, rank)
    context.view_layer.update()
    camera_mode.resume(context, target, document.sampled)


def clone(context: bpy.types.Context, target: bpy.types.Object, empty: bpy.types.Object) -> bpy.types.Object:
    """A copy of a blob, a little aside, active and selected."""
    copy = empty.copy()
    for collection in empty.users_collection:
        collection.objects.link(copy)
    copy[blobs.ID_KEY] = fresh_id(empty[blobs.ID_KEY], (other[blobs.ID_KEY] for other in blobs.blobs_of(target)))
    copy.location += _aside(context, target, empty)
    copy.hide_select = False
    choose(context, copy)
    context.view_layer.update()
    return copy


def _aside(context: bpy.types.Context, target: bpy.types.Object, empty: bpy.types.Object) -> Vector:
    """A step to the right and down in the picture, as a change of an empty's location."""
    view = camera_view.find(context.scene, plane.frame_of(target)) if blobs.SPACE_KEY in empty else None
    if view is None:
        return Vector((_CLONE_STEP, -_CLONE_STEP, 0.0))
    step = _CLONE_STEP * view.shrinking(max(camera_view.distance_of(empty, view), view.nearest))
    outer = empty.matrix_world @ empty.matrix_basis.inverted_safe()
    return outer.inverted_safe().to_3x3() @ Vector(view.in_world((step, -step, 0.0)))


def restyle(empty: bpy.types.Object, look: Restyle | None) -> None:
    """Give a blob another look; None gives it its own."""
    blobs.write_document(empty, blobs.document_of(empty).restyled(look))


def restyle_background(target: bpy.types.Object, look: Restyle | None) -> None:
    """Give what lies behind the blobs another look; None gives it its own."""
    document = plane.document_of(target)
    plane.write_document(target, replace(document, header=document.header.with_background_restyled(look)))


def reorder(context: bpy.types.Context, order: list[bpy.types.Object], empty: bpy.types.Object, forward: bool) -> bool:
    """Swap a blob with the next one in front of it or behind it; False when there is none.

    Args:
        order: the empties from front to back; changed.
        empty: one of them.
        forward: towards the front.
    """
    index = order.index(empty)
    other = index - 1 if forward else index + 1
    if not 0 <= other < len(order):
        return False
    order[index], order[other] = order[other], order[index]
    target = plane.plane_of(empty)
    if target is not None and plane.is_seen_by_camera(target):
        camera_mode.keep_order(context, target, [each[blobs.ID_KEY] for each in reversed(order)])
    else:
        _stand_in_order(order)
    context.view_layer.update()
    return True


def _stand_in_order(order: Sequence[bpy.types.Object]) -> None:
    """Give the depths that the blobs have now to the same blobs in this order, from front to back."""
    depths = sorted((empty.location.z for empty in order), reverse=True)
    for empty, depth in zip(order, _distinct(depths), strict=True):
        empty.location.z = depth


def _distinct(depths: Sequence[float]) -> list[float]:
    """The same depths, from front to back, moved apart where two are equal."""
    apart = list(depths)
    for index in range(len(apart) - 2, -1, -1):
        apart[index] = max(apart[index], apart[index + 1] + 1e-4)
    return apart
