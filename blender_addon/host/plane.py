"""The picture plane: an upright unit plane that shows the picture and carries what the scene shares."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

import math
from typing import Any

import bpy
from mathutils import Vector

from ..documents import PlaneDocument, read_scene, write_scene
from ..placement import Frame
from .picture import new_picture

COLLECTION_NAME = "Maquette scene"
PLANE_NAME = "Maquette plane"
HEADER_KEY = "maquette_scene"
SAMPLED_KEY = "maquette_sampled"
FRAME_KEY = "maquette_frame"
MODE_KEY = "maquette_by_camera"
PLANE_KEY = "maquette_plane"
"""On an empty that stood in space once: its plane, whatever its parent is."""


def is_plane(candidate: Any) -> bool:
    """Whether something is the picture plane of a scene."""
    return isinstance(candidate, bpy.types.Object) and all(
        key in candidate for key in (HEADER_KEY, SAMPLED_KEY, FRAME_KEY)
    )


def plane_of(candidate: bpy.types.Object | None) -> bpy.types.Object | None:
    """The plane that an object is, stands on, or is shown by."""
    while candidate is not None and not is_plane(candidate):
        owner = candidate.get(PLANE_KEY)
        if is_plane(owner):
            return owner
        candidate = candidate.parent
    return candidate


def is_seen_by_camera(plane: bpy.types.Object) -> bool:
    """Whether the camera decides where the blobs of a plane are seen, and not their place on it."""
    return bool(plane.get(MODE_KEY))


def current(context: bpy.types.Context) -> bpy.types.Object | None:
    """The plane that the artist works on: the active object's, else the one worked on last."""
    scene = context.scene
    chosen = plane_of(context.view_layer.objects.active)
    if chosen is None:
        chosen = scene.maquette.plane
    return chosen if is_plane(chosen) and chosen.name in scene.objects else None


def find_any(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """Some picture plane of a Blender scene."""
    return next((candidate for candidate in scene.objects if is_plane(candidate)), None)


def document_of(plane: bpy.types.Object) -> PlaneDocument:
    """What is written on a plane.

    Raises:
        ClientError: SCENE_FILE_CORRUPT or SCENE_FILE_UNKNOWN.
    """
    return PlaneDocument(read_scene(plane[HEADER_KEY]), read_scene(plane[SAMPLED_KEY]), frame_of(plane))


def frame_of(plane: bpy.types.Object) -> Frame:
    """The shape of a plane."""
    return Frame(*plane[FRAME_KEY])


def write_document(plane: bpy.types.Object, document: PlaneDocument) -> None:
    """Write what the scene shares on its plane."""
    plane[HEADER_KEY] = write_scene(document.header)
    plane[SAMPLED_KEY] = write_scene(document.sampled)
    plane[FRAME_KEY] = [document.frame.width, document.frame.height, document.frame.area_normaliser]


def picture_of(plane: bpy.types.Object) -> bpy.types.Image | None:
    """The Image datablock that the plane's material shows; None when the artist took it away."""
    for slot in plane.material_slots:
        if slot.material and slot.material.node_tree:
            for node in slot.material.node_tree.nodes:
                if node.type == "TEX_IMAGE" and node.image:
                    return node.image
    return None


def own_picture(plane: bpy.types.Object, scene: bpy.types.Scene) -> None:
    """Give a plane that was duplicated a picture of its own, so that two scenes do not draw on one."""
    shared = picture_of(plane)
    if shared is None or all(
        picture_of(other) != shared for other in scene.objects if is_plane(other) and other != plane
    ):
        return
    for slot in plane.material_slots:
        # On the object, because a linked duplicate shares its mesh.
        material, slot.link = slot.material, "OBJECT"
        slot.material = material.copy()
        for node in slot.material.node_tree.nodes:
            if node.type == "TEX_IMAGE" and node.image == shared:
                node.image = shared.copy()


def new_plane(scene: bpy.types.Scene, document: PlaneDocument, width: int, height: int) -> bpy.types.Object:
    """A plane at the 3D cursor, or to the right of what stands there, in a collection of its own, facing the front."""
    mesh = _rectangle(document.frame.width, document.frame.height)
    mesh.materials.append(_luminous(new_picture(width, height)))
    plane = bpy.data.objects.new(PLANE_NAME, mesh)
    plane.rotation_euler = (math.pi / 2, 0.0, 0.0)
    plane.location = free_place(scene, document.frame)
    write_document(plane, document)
    collection = bpy.data.collections.new(COLLECTION_NAME)
    scene.collection.children.link(collection)
    collection.objects.link(plane)
    return plane


def resize_plane(plane: bpy.types.Object, document: PlaneDocument) -> None:
    """Give the plane the sides of another picture."""
    for vertex, place in zip(plane.data.vertices, _corners(document.frame.width, document.frame.height), strict=True):
        vertex.co = place


def free_place(scene: bpy.types.Scene, frame: Frame) -> Vector:
    """The 3D cursor's place, moved to the right of every mesh that would stand in the picture."""
    place = scene.cursor.location.copy()
    reach = Vector((frame.width, 0.2, frame.height)) / 2
    for mesh in sorted((each for each in scene.objects if each.type == "MESH"), key=lambda each: each.location.x):
        corners = [mesh.matrix_world @ Vector(corner) for corner in mesh.bound_box]
        low, high = (Vector(map(choose, zip(*corners, strict=True))) for choose in (min, max))
        if all(low[axis] < place[axis] + reach[axis] and high[axis] > place[axis] - reach[axis] for axis in range(3)):
            place.x = high.x + frame.width
    return place


def _corners(width: float, height: float) -> list[tuple[float, float, float]]:
    x, y = width / 2, height / 2
    return [(-x, -y, 0.0), (x, -y, 0.0), (x, y, 0.0), (-x, y, 0.0)]


def _rectangle(width: float, height: float) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(PLANE_NAME)
    mesh.from_pydata(_corners(width, height), [], [(0, 1, 2, 3)])
    coordinates = mesh.uv_layers.new(name="UVMap")
    for loop, place in zip(coordinates.data, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
        loop.uv = place
    return mesh


def _luminous(picture: bpy.types.Image) -> bpy.types.Material:
    """A material that shows the picture's own colours, whatever the light."""
    material = bpy.data.materials.new(PLANE_NAME)
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    texture = tree.nodes.new("ShaderNodeTexImage")
    texture.image = picture
    emission = tree.nodes.new("ShaderNodeEmission")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    texture.location, emission.location = (-600, 0), (-250, 0)
    tree.links.new(texture.outputs["Color"], emission.inputs["Color"])
    tree.links.new(emission.outputs["Emission"], output.inputs["Surface"])
    # The viewport's solid mode shows the active texture node.
    tree.nodes.active = texture
    return material
