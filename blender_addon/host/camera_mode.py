"""Between plane and space: empties stand where the picture stays as it is, and how they stood before is remembered."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

import bpy
from mathutils import Matrix

from ..camera import Body, View, facing, image, showing
from ..depths import distances_among, pushes
from ..outlines import ellipse_of, room_ellipse
from ..placement import DEPTH_STEP, Frame, place, too_small
from ..scene import Blob, Scene
from . import blobs, camera_view, clock, plane, reading

POSE_KEY = "maquette_pose"
"""On an empty on the plane: how it stood in space, with one number more if it was animated there."""
PLACE_KEY = "maquette_place"
"""On an empty in space: how far in front of the plane it stood, and what was locked."""
AWAY_KEY = "maquette_away"
"""On an empty on the plane that is hidden because the camera did not see it."""
FOLLOW = "Maquette follow"
"""Name of the constraint by which an empty in space follows an object."""

SHARE = 0.35
_POSE_LENGTH = 16
_FAR = 5.0
_LOCKS = (False, False, True, True, True, False, False, False, True)


def enter(context: bpy.types.Context, target: bpy.types.Object, distance: float = 0.0, share: float = SHARE) -> None:
    """Stand the blobs of a plane in space; the active camera sees the picture that the plane shows.

    Args:
        distance: around which they stand; 0 = that of the plane.
        share: of the distance, within which they stand to either side.

    Raises:
        ClientError: NO_CAMERA, CAMERA_UNSUPPORTED, or what is written on an object cannot be read.
    """
    context.view_layer.update()
    view = camera_view.view_of(context.scene, plane.frame_of(target))
    scene, _strangers = reading.read_scene(target, clock.world().book)
    target[plane.MODE_KEY] = True
    _stand(context, target, scene, view, distance or _middle(context, target, view), share)


def resume(context: bpy.types.Context, target: bpy.types.Object, scene: Scene) -> None:
    """Stand new blobs of a plane in space too, if the others do; without a camera all are put on the plane.

    Args:
        scene: the new blobs as they shall be seen, and the others, which stay where they are; from back to front.
    """
    if not plane.is_seen_by_camera(target):
        return
    context.view_layer.update()
    view = camera_view.find(context.scene, plane.frame_of(target))
    if view is None:
        _lay(context, target, scene)
    else:
        _stand(context, target, scene, view, _middle(context, target, view), SHARE)


def leave(context: bpy.types.Context, target: bpy.types.Object) -> None:
    """Put the blobs back on their plane; it shows the picture that the camera sees, or without a camera saw last.

    Raises:
        ClientError: what is written on an object cannot be read.
    """
    context.view_layer.update()
    if camera_view.find(context.scene, plane.frame_of(target)) is None:
        _lay(context, target, _seen_last(target))
    else:
        scene, _strangers = reading.read_scene(target, clock.world().book)
        _lay(context, target, scene)


def keep_order(
    context: bpy.types.Context, target: bpy.types.Object, order: list[str], fixed: Container[str] = ()
) -> None:
    """Push blobs in space back or forward until they cover each other in this order, from back to front.

    Args:
        fixed: ids of those that are not to be pushed.
    """
    view = camera_view.find(context.scene, plane.frame_of(target))
    if view is None:
        return
    empties = {empty[blobs.ID_KEY]: empty for empty in blobs.blobs_of(target) if blobs.SPACE_KEY in empty}
    known = [blob_id for blob_id in order if blob_id in empties]
    distances = {blob_id: camera_view.distance_of(empties[blob_id], view) for blob_id in known}
    present = {blob_id: empties[blob_id].maquette_push for blob_id in known}
    for blob_id, push in pushes(known, distances, present, fixed).items():
        empties[blob_id].maquette_push = push


def pose_of(matrix: Matrix) -> list[float]:
    """A transform as it is written on an empty."""
    return [value for row in matrix for value in row]


def _stand(
    context: bpy.types.Context, target: bpy.types.Object, scene: Scene, view: View, middle: float, share: float
) -> None:
    frame = plane.frame_of(target)
    empties = {empty[blobs.ID_KEY]: empty for empty in blobs.blobs_of(target)}
    present = [blob for blob in scene.blobs if blob.id in empties]
    bodies = {blob.id: _remembered(empties[blob.id], blob, frame, view) for blob in present}
    order = [blob.id for blob in present]
    standing = {blob_id: view.seen(body.centre)[2] for blob_id, body in bodies.items() if body is not None}
    distances = distances_among(order, standing, middle, share)
    unmoved = {blob_id for blob_id in order if blobs.SPACE_KEY in empties[blob_id]}
    for blob in present:
        empty = empties[blob.id]
        if blob.id in unmoved:
            continue
        body = bodies[blob.id] or facing(blob.ellipse, frame, view, distances[blob.id], flat=_is_animated(empty))
        _stand_one(empty, target, body)
        _note(empty, blob, body.radius if too_small(blob.ellipse, frame) else None)
        if empty.pop(AWAY_KEY, False) and not _sees(empty, body, view, frame):
            blobs.hide(empty, False)
    context.view_layer.update()
    keep_order(context, target, order, unmoved)


def _remembered(empty: bpy.types.Object, blob: Blob, frame: Frame, view: View) -> Body | None:
    """How an empty stands in space, or stood there, changed so that it shows its blob; None when it cannot."""
    if blobs.SPACE_KEY in empty:
        return camera_view.body_of(empty)
    if POSE_KEY not in empty:
        return None
    pose = _matrix(empty[POSE_KEY])
    body = camera_view.body_from(pose, empty.empty_display_size)
    if blobs.BOX_KEY in empty:
        box = camera_view.box_of(pose, empty[blobs.BOX_KEY])
        seen = room_ellipse(box, view, frame, blob.ellipse)
        if seen == blob.ellipse or (seen is None and blob.hidden):
            return body
        # On the plane it was made something that its box is not.
        del empty[blobs.BOX_KEY]
    if blob.hidden and image(body, view) is None:
        return body
    changed = showing(body, blob.ellipse, frame, view)
    if _is_animated(empty) and (changed is not body or len(empty[POSE_KEY]) == _POSE_LENGTH):
        # What was animated on the plane goes on moving parallel to the picture only if it faces the camera.
        return None
    return changed


def _sees(empty: bpy.types.Object, body: Body, view: View, frame: Frame) -> bool:
    """Whether the camera sees an empty that stands as a body."""
    if blobs.BOX_KEY in empty:
        return (
            ellipse_of([camera_view.box_of(_matrix(empty[POSE_KEY]), empty[blobs.BOX_KEY])], view, frame, True)
            is not None
        )
    return image(body, view) is not None


def _stand_one(empty: bpy.types.Object, target: bpy.types.Object, body: Body) -> None:
    locks = (*empty.lock_location, *empty.lock_rotation, *empty.lock_scale)
    empty[PLACE_KEY] = [blobs.placement_of(empty, target).depth, *map(float, locks)]
    _lock(empty, (False,) * 9)
    empty[blobs.SPACE_KEY] = True
    empty[plane.PLANE_KEY] = target
    matrix = camera_view.matrix_of(body, empty.empty_display_size)
    if follow := empty.constraints.get(FOLLOW):
        follow.inverse_matrix = follow.target.matrix_world.inverted_safe() if follow.target else Matrix()
        follow.mute = False
    if empty.parent == target and not _is_animated(empty):
        empty.parent = None
        empty.matrix_parent_inverse.identity()
    _set_world(empty, matrix)


def _lay(context: bpy.types.Context, target: bpy.types.Object, scene: Scene) -> None:
    frame = plane.frame_of(target)
    empties = {empty[blobs.ID_KEY]: empty for empty in blobs.blobs_of(target)}
    present = [blob for blob in scene.blobs if blob.id in empties]
    depths = _plane_depths([empties[blob.id] for blob in present])
    target.pop(plane.MODE_KEY, None)
    for blob, depth in zip(present, depths, strict=True):
        _lay_one(empties[blob.id], target, blob, frame, depth)
        _note(empties[blob.id], blob, None)
    context.view_layer.update()


def _seen_last(target: bpy.types.Object) -> Scene:
    """The scene that the daemon was told, else what is written on the empties."""
    world = clock.world()
    if world.followed == target.name and world.follower.scene is not None:
        return world.follower.scene
    empties = [empty for empty in blobs.blobs_of(target) if blobs.SPACE_KEY in empty]
    written = [replace(blobs.document_of(empty).blob, id=empty[blobs.ID_KEY]) for empty in empties]
    return replace(plane.document_of(target).header, blobs=tuple(written))


def _plane_depths(ordered: list[bpy.types.Object]) -> list[float]:
    """How far in front of the plane empties stood before, changed where that is not their order any more."""
    places = {empty[blobs.ID_KEY]: empty.get(PLACE_KEY) for empty in ordered}
    if any(place is None for place in places.values()):
        return [DEPTH_STEP * (rank + 1) for rank in range(len(ordered))]
    behind = {blob_id: -place[0] for blob_id, place in places.items()}
    changed = pushes(list(places), behind, dict.fromkeys(places, 0.0))
    return [-(distance + changed.get(blob_id, 0.0)) for blob_id, distance in behind.items()]


def _lay_one(empty: bpy.types.Object, target: bpy.types.Object, blob: Blob, frame: Frame, depth: float) -> None:
    if blobs.SPACE_KEY in empty:
        empty[POSE_KEY] = [*pose_of(empty.matrix_world), *([1.0] if _is_animated(empty) else [])]
        del empty[blobs.SPACE_KEY]
    if blob.hidden and not blobs.is_hidden(empty):
        blobs.hide(empty)
        empty[AWAY_KEY] = True
    written = empty.pop(PLACE_KEY, None)
    _lock(empty, tuple(map(bool, written[1:])) if written is not None else _LOCKS)
    if follow := empty.constraints.get(FOLLOW):
        follow.mute = True
    if empty.parent is None:
        empty.parent = target
        empty.matrix_parent_inverse.identity()
    if empty.parent == target and not _is_animated(empty):
        blobs.put(empty, blob, frame, depth / DEPTH_STEP - 1)
    else:
        _set_world(empty, target.matrix_world @ on_plane(empty, blob, frame, depth))


def on_plane(empty: bpy.types.Object, blob: Blob, frame: Frame, depth: float) -> Matrix:
    """The transform of the empty of a blob in the coordinates of its plane."""
    placed = place(blob.ellipse, frame, depth)
    (a, c), (b, d) = placed.first, placed.second
    thickness = blobs.FLATNESS
    radius = empty.empty_display_size or 1.0
    rows = ((a / radius, b / radius, 0, placed.x), (c / radius, d / radius, 0, placed.y), (0, 0, thickness, depth))
    return Matrix((*rows, (0, 0, 0, 1)))


def _set_world(empty: bpy.types.Object, matrix: Matrix) -> None:
    """Stand an empty somewhere without a change of what its animation says about it."""
    if _is_animated(empty) and empty.parent is not None and empty.parent_type == "OBJECT":
        own = empty.matrix_basis.inverted_safe()
        empty.matrix_parent_inverse = empty.parent.matrix_world.inverted_safe() @ matrix @ own
    else:
        empty.matrix_world = matrix


def _note(empty: bpy.types.Object, blob: Blob, radius: float | None) -> None:
    """Write on an empty what it shows as it stands, so that it is read as exactly that."""
    document = blobs.document_of(empty)
    if document.blob.ellipse != blob.ellipse:
        blobs.write_document(empty, replace(document, blob=replace(document.blob, ellipse=blob.ellipse)))
    if radius is None:
        empty.pop(blobs.UNSCALED_KEY, None)
    else:
        empty[blobs.UNSCALED_KEY] = radius


def _middle(context: bpy.types.Context, target: bpy.types.Object, view: View) -> float:
    """The distance of the plane, else of the 3D cursor, else a few steps."""
    for point in (target.matrix_world.translation, context.scene.cursor.location):
        distance = view.seen(tuple(point))[2]
        if distance > 4 * view.nearest:
            return distance
    return max(_FAR, 8 * view.nearest)


def _is_animated(empty: bpy.types.Object) -> bool:
    data = empty.animation_data
    return data is not None and bool(data.action or data.drivers or data.nla_tracks)


def _lock(empty: bpy.types.Object, locks: tuple[bool, ...]) -> None:
    empty.lock_location, empty.lock_rotation, empty.lock_scale = locks[:3], locks[3:6], locks[6:]


def _matrix(values: list[float]) -> Matrix:
    return Matrix([values[row : row + 4] for row in range(0, _POSE_LENGTH, 4)])
