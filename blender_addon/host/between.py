"""Keyframes from one scene to another, on the empties and on their plane."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

import contextlib
import math
from dataclasses import replace

import bpy
from mathutils import Matrix

from ..camera import showing
from ..composition import depth_of
from ..documents import BlobDocument
from ..inbetween import InBetween, nearest_shape, read_in_between, write_in_between
from ..scene import Blob, Scene
from . import blobs, camera_mode, camera_view, leading, plane, sources

_PATHS = ("location", "rotation_euler", "scale")


def make(context: bpy.types.Context, target: bpy.types.Object, start: Scene, between: InBetween) -> int:
    """Set the keyframes; returns how many blobs change.

    Raises:
        ClientError: what is written on an object cannot be read.
    """
    _add(context, target, between)
    target[leading.KEY] = write_in_between(between)
    for amount, frame in ((0.0, between.first), (1.0, between.last)):
        target.maquette_amount = amount
        target.keyframe_insert("maquette_amount", frame=frame)
    empties = {empty[blobs.ID_KEY]: empty for empty in blobs.blobs_of(target)}
    begun = {blob.id: blob for blob in start.blobs}
    for rank, blob in enumerate(between.end.blobs):
        empty = empties[blob.id]
        if blob.id in between.coming - between.new:
            # It grows where it ends.
            blobs.show(empty)
            _stand(context, target, empty, blob, rank)
        elif blob.id in begun and not blob.hidden:
            shaped = replace(blob, ellipse=nearest_shape(blob.ellipse, begun[blob.id].ellipse))
            _animate(context, target, empty, shaped, rank, between)
    context.scene.frame_set(context.scene.frame_current)
    return len(between.end.blobs) + len(between.leaving - set(between.looks))


def remove(context: bpy.types.Context, target: bpy.types.Object) -> None:
    """Take the keyframes away, and the blobs that came with them; all is as at the first frame.

    Raises:
        ClientError: what is written on the plane cannot be read.
    """
    between = read_in_between(target[leading.KEY])
    moment = context.scene.frame_current
    context.scene.frame_set(between.first)
    for empty in blobs.blobs_of(target):
        for frame in (between.first, between.last):
            _delete_keys(empty, _PATHS, frame)
        if empty[blobs.ID_KEY] in between.new:
            bpy.data.objects.remove(empty)
        elif empty[blobs.ID_KEY] in between.coming:
            blobs.hide(empty)
    for frame in (between.first, between.last):
        _delete_keys(target, ("maquette_amount",), frame)
    target.maquette_amount = 0.0
    leading.forget(target)
    context.scene.frame_set(moment)


def _delete_keys(owner: bpy.types.Object, paths: tuple[str, ...], frame: int) -> None:
    for path in paths:
        # Blender says by an error that there is none.
        with contextlib.suppress(RuntimeError):
            owner.keyframe_delete(path, frame=frame)


def _add(context: bpy.types.Context, target: bpy.types.Object, between: InBetween) -> None:
    """Empties for the blobs that are in the other scene only."""
    frame = plane.frame_of(target)
    for rank, blob in enumerate(between.end.blobs):
        if blob.id in between.new:
            blobs.new_blob(target, BlobDocument.of(between.end, blob), frame, rank)
    if between.new:
        camera_mode.resume(context, target, sources.read(target))


def _animate(
    context: bpy.types.Context,
    target: bpy.types.Object,
    empty: bpy.types.Object,
    blob: Blob,
    rank: int,
    between: InBetween,
) -> None:
    """Keyframes for what changes of an empty's transform until it shows ``blob``."""
    empty.rotation_mode = "XYZ"
    before = _transform(empty)
    _stand(context, target, empty, blob, rank)
    after = _transform(empty)
    # On the plane, half a turn changes no ellipse.
    turn = math.tau if blobs.SPACE_KEY in empty else math.pi
    after["rotation_euler"] = tuple(
        end + turn * round((start - end) / turn)
        for start, end in zip(before["rotation_euler"], after["rotation_euler"], strict=True)
    )
    for path in _PATHS:
        moments = ((before[path], between.first), (after[path], between.last)) if before[path] != after[path] else ()
        for value, frame in moments:
            setattr(empty, path, value)
            empty.keyframe_insert(path, frame=frame)


def _stand(
    context: bpy.types.Context, target: bpy.types.Object, empty: bpy.types.Object, blob: Blob, rank: int
) -> None:
    """Stand an empty where it shows a blob, in space at the distance that it has."""
    frame = plane.frame_of(target)
    if blobs.SPACE_KEY in empty:
        body = showing(camera_view.body_of(empty), blob.ellipse, frame, camera_view.view_of(context.scene, frame))
        if body is not None:
            empty.matrix_world = camera_view.matrix_of(body, empty.empty_display_size)
    elif empty.parent == target and empty.matrix_parent_inverse == Matrix():
        blobs.put(empty, blob, frame, rank)
    else:
        empty.matrix_world = target.matrix_world @ camera_mode.on_plane(empty, blob, frame, depth_of(rank))


def _transform(empty: bpy.types.Object) -> dict[str, tuple[float, ...]]:
    return {path: tuple(getattr(empty, path)) for path in _PATHS}
