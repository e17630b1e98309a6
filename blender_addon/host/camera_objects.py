"""Objects of a Blender scene as boxes of some kind, and their scene stood where they are."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterable

import bpy
from mathutils import Matrix, Vector

from ..blockout import ROOM, WALL, Blockout, Thing, standing_apart
from ..kinds import kind_of, words
from ..outlines import Box
from . import blobs, camera_mode, camera_view, clock, plane, staging

LEFT_OUT = "-"
_TYPES = {"MESH", "CURVE", "CURVES", "SURFACE", "META", "FONT", "EMPTY", "LIGHT", "VOLUME", "POINTCLOUD"}


def candidates(context: bpy.types.Context) -> list[bpy.types.Object]:
    """The selected objects that could be something in a picture."""
    return [
        each
        for each in context.selected_objects
        if each.type in _TYPES and not plane.is_plane(each) and not blobs.is_blob(each)
    ]


def known_kinds(context: bpy.types.Context, model_id: str = "") -> list[str]:
    """What a model calls its blobs; of none named, the model of the next scene."""
    world = clock.world()
    embedded_first = sorted(world.models, key=lambda model: not model.embedded)
    models = [world.model(model_id or context.scene.maquette.model_id), *embedded_first]
    return next(([name.lower() for name in model.blob_names if name] for model in models if model), [])


def guess(thing: bpy.types.Object, known: list[str]) -> str:
    """What an object is by what it, its collections and its materials are called; "" when they say nothing."""
    names = [thing.name, *(each.name for each in thing.users_collection)]
    names += [slot.material.name for slot in thing.material_slots if slot.material]
    for name in names:
        said = words(name)
        if kind := kind_of([name], known):
            return kind
        if "wall" in said:
            return WALL
        if "room" in said:
            return ROOM
    return ""


def kind_for(thing: bpy.types.Object, known: list[str]) -> str:
    """What an object shall be: as the artist chose, else by its names; "" = it is left out."""
    chosen = thing.maquette_kind
    return "" if chosen == LEFT_OUT else chosen or guess(thing, known)


def things(context: bpy.types.Context, known: list[str]) -> list[Thing]:
    """The selected objects that are something; those of one collection that is called as they are make one thing."""
    whole: dict[tuple[str, str], list[bpy.types.Object]] = {}
    for each in candidates(context):
        kind = kind_for(each, known)
        if kind:
            collections = (group.name for group in each.users_collection)
            group = next((name for name in collections if kind_of([name], known) == kind), "")
            whole.setdefault((kind, group or f"\0{each.name}"), []).append(each)
    return [
        Thing(members[0].name, kind, tuple(box for member in members for box in boxes_of(context, member)))
        for (kind, _group), members in whole.items()
    ]


def boxes_of(context: bpy.types.Context, thing: bpy.types.Object) -> list[Box]:
    """The boxes around an object as it is shown."""
    if thing.type == "EMPTY" and thing.instance_collection is not None:
        inner = thing.matrix_world @ Matrix.Translation(-thing.instance_collection.instance_offset)
        boxes = [_box(inner @ each.matrix_world, each.bound_box) for each in thing.instance_collection.all_objects]
        return boxes or [_cube(thing, 0.0)]
    if thing.type == "EMPTY":
        return [_cube(thing, thing.empty_display_size)]
    if thing.type == "LIGHT":
        return [_cube(thing, max(getattr(thing.data, "shadow_soft_size", 0.0), 0.05))]
    evaluated = thing.evaluated_get(context.evaluated_depsgraph_get())
    return [_box(evaluated.matrix_world, evaluated.bound_box)]


def stage(
    context: bpy.types.Context, result: Blockout, target: bpy.types.Object | None, in_space: bool, follow: bool
) -> bpy.types.Object:
    """Put a scene made from objects on a plane, or stand it where the objects are, which stay selected.

    Args:
        target: plane; None = a new one.
        follow: move with the objects; only in space.

    Raises:
        ClientError: NO_CAMERA or CAMERA_UNSUPPORTED: the camera was taken away meanwhile.
    """
    if target is not None:
        target.pop(plane.MODE_KEY, None)
    replaced = set() if target is None else set(blobs.blobs_of(target))
    selected = [each for each in context.selected_objects if each not in replaced]
    active = context.view_layer.objects.active
    kept = active if active not in replaced else None
    staged = staging.stage(context, result.new, target)
    staged.select_set(False)
    for each in selected:
        each.select_set(True)
    context.view_layer.objects.active = kept
    if in_space:
        apart = standing_apart(result.placed)
        for empty in blobs.blobs_of(staged):
            placed = result.placed.get(empty[blobs.ID_KEY])
            if placed is None:
                continue
            empty.maquette_push = apart.get(empty[blobs.ID_KEY], 0.0)
            pose = camera_view.matrix_of(placed.body)
            empty[camera_mode.POSE_KEY] = camera_mode.pose_of(pose)
            if placed.box is not None:
                empty[blobs.BOX_KEY] = camera_view.box_of(pose.inverted_safe(), placed.box.numbers).numbers
            if follow and (leader := context.scene.objects.get(placed.name)):
                constraint = empty.constraints.new("CHILD_OF")
                constraint.name, constraint.target = camera_mode.FOLLOW, leader
        camera_mode.enter(context, staged)
    return staged


def _cube(thing: bpy.types.Object, radius: float) -> Box:
    return _box(thing.matrix_world, [Vector((x, y, z)) * radius for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])


def _box(matrix: Matrix, corners: Iterable[Iterable[float]]) -> Box:
    places = [Vector(corner) for corner in corners]
    low, high = (Vector(map(choose, zip(*places, strict=True))) for choose in (min, max))
    middle, halves = matrix @ ((low + high) / 2), (high - low) / 2
    first, second, third = (tuple(matrix.to_3x3().col[axis] * halves[axis]) for axis in range(3))
    return Box(tuple(middle), (first, second, third))
