# pyright: basic, reportAttributeAccessIssue=false, reportMissingImports=false
"""The one module of rooms that imports bpy: a scene built once, then moved, recoloured and rendered room after room."""

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from maquette.training.rendering.cycles import (
    configure_cycles,
    depth_pass,
    encode_srgb,
    index_pass,
    render_passes,
    stack_passes,
)
from maquette.training.rooms.ellipses import camera_axes
from maquette.training.rooms.types import KINDS, Camera, Kind, Light, Part, RoomDescription, RoomObject, Shape

EXPOSURE = 1.0
FAR = 60.0


@dataclass(frozen=True)
class Render:
    """A rendered room.

    `picture` (R, R, 3) uint8 sRGB, `depth` (R, R) float16 in metres, `normals` (R, R, 3) int8 (world axes times 127),
    `mask` (R, R) uint8: 0 where there is nothing, else one more than the index of the kind.
    """

    picture: NDArray[np.uint8]
    depth: NDArray[np.float16]
    normals: NDArray[np.int8]
    mask: NDArray[np.uint8]


class BlenderScene:
    """A Cycles scene on the CPU whose objects are reused from room to room."""

    def __init__(self, resolution: int = 128, samples: int = 8, threads: int = 1) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._scene = bpy.context.scene
        self._folder = tempfile.TemporaryDirectory(prefix="maquette-rooms-")
        self._meshes = {shape: _make_mesh(shape) for shape in Shape}
        self._parts: dict[tuple[Kind, str], bpy.types.Object] = {}
        configure_cycles(self._scene, resolution, resolution, samples, threads)
        layer = self._scene.view_layers[0]
        layer.use_pass_normal = layer.use_pass_object_index = True
        self._camera = self._add_camera()
        self._ambient = self._add_world()
        self._window = self._add_light("window", "AREA")
        self._ceiling = self._add_light("ceiling", "AREA")
        self._lamp = self._add_light("lamp", "POINT")

    def close(self) -> None:
        """Remove the temporary files."""
        self._folder.cleanup()

    def render(self, room: RoomDescription) -> Render:
        """Apply a description and render it."""
        self._apply(room)
        return _convert(render_passes(self._scene, Path(self._folder.name) / "room.exr"))

    def _add_camera(self) -> bpy.types.Object:
        camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
        camera.data.sensor_fit = "HORIZONTAL"
        camera.data.clip_start = 0.05
        self._scene.collection.objects.link(camera)
        self._scene.camera = camera
        return camera

    def _add_world(self) -> bpy.types.NodeSocket:
        world = bpy.data.worlds.new("world")
        world.use_nodes = True
        self._scene.world = world
        return world.node_tree.nodes["Background"].inputs

    def _add_light(self, name: str, kind: str) -> bpy.types.Object:
        light = bpy.data.objects.new(name, bpy.data.lights.new(name, kind))
        light.visible_camera = False
        self._scene.collection.objects.link(light)
        return light

    def _apply(self, room: RoomDescription) -> None:
        self._place_camera(room.camera)
        self._place_lights(room)
        for part in self._parts.values():
            part.hide_render = True
        for thing in room.objects:
            frame = _object_frame(thing)
            for part in thing.parts:
                self._place_part(thing.kind, part, frame)

    def _place_camera(self, camera: Camera) -> None:
        right, up, forward = camera_axes(camera)
        matrix = np.eye(4)
        matrix[:3, :3] = np.stack([right, up, -forward], axis=1)
        matrix[:3, 3] = camera.position
        self._camera.matrix_world = Matrix(matrix.tolist())
        self._camera.data.angle = camera.fov

    def _place_part(self, kind: Kind, part: Part, frame: Matrix) -> None:
        placed = self._parts.get((kind, part.name))
        if placed is None:
            placed = self._parts[kind, part.name] = self._make_part(kind, part)
        placed.hide_render = False
        placed.matrix_world = frame @ Matrix.Translation(part.centre) @ Matrix.Diagonal((*part.size, 1.0))
        inputs = placed.material_slots[0].material.node_tree.nodes["Principled BSDF"].inputs
        colour = (*part.material.colour, 1.0)
        inputs["Base Color"].default_value = colour
        inputs["Roughness"].default_value = part.material.roughness
        inputs["Emission Color"].default_value = colour
        inputs["Emission Strength"].default_value = part.material.emission

    def _make_part(self, kind: Kind, part: Part) -> bpy.types.Object:
        name = f"{kind.value} {part.name}"
        made = bpy.data.objects.new(name, self._meshes[part.shape])
        material = bpy.data.materials.new(name)
        material.use_nodes = True
        material.node_tree.nodes["Principled BSDF"].inputs["Specular IOR Level"].default_value = 0.2
        self._scene.collection.objects.link(made)
        if not made.material_slots:
            made.data.materials.append(None)
        made.material_slots[0].link = "OBJECT"
        made.material_slots[0].material = material
        made.pass_index = KINDS.index(kind) + 1
        return made

    def _place_lights(self, room: RoomDescription) -> None:
        light, warm = room.light, _warmth_colour(room.light)
        self._ambient["Color"].default_value = (*warm, 1.0)
        self._ambient["Strength"].default_value = light.ambient
        self._ceiling.data.energy = light.ceiling_power
        self._ceiling.data.size = 0.9
        self._ceiling.data.color = (1.0, 0.9, 0.78)
        self._ceiling.matrix_world = Matrix.Translation((0, room.extent[1] * 0.45, room.extent[2] - 0.04))
        self._place_window_light(room, warm)
        lamp = room.find(Kind.LAMP)
        self._lamp.hide_render = lamp is None or light.lamp_power == 0
        if lamp is not None:
            x, y, z = lamp.position
            self._lamp.data.energy = light.lamp_power
            self._lamp.data.color = lamp.colours[0]
            self._lamp.data.shadow_soft_size = 0.08
            self._lamp.matrix_world = Matrix.Translation((x, y, z + lamp.size[2] + 0.06))

    def _place_window_light(self, room: RoomDescription, warm: tuple[float, float, float]) -> None:
        window, light = room.find(Kind.WINDOW), room.light
        self._window.hide_render = window is None
        if window is None:
            return
        width, _, height = window.size
        self._window.data.shape = "RECTANGLE"
        self._window.data.size, self._window.data.size_y = width * 0.9, height * 0.9
        self._window.data.energy = light.window_power
        self._window.data.color = warm
        self._window.data.spread = math.radians(130)
        inwards = Matrix.Rotation(light.window_turn, 4, "Z") @ Matrix.Rotation(math.pi / 2 + light.window_tilt, 4, "X")
        self._window.matrix_world = (
            _object_frame(window)
            @ Matrix.Translation((0, -0.12, height / 2))
            @ Matrix.Rotation(math.pi, 4, "Z")
            @ inwards
        )


def _object_frame(thing: RoomObject) -> Matrix:
    return Matrix.Translation(thing.position) @ Matrix.Rotation(thing.yaw, 4, "Z")


def _warmth_colour(light: Light) -> tuple[float, float, float]:
    return 0.82 + 0.18 * light.warmth, 0.88, 1.0 - 0.3 * light.warmth


def _make_mesh(shape: Shape) -> bpy.types.Mesh:
    """A mesh that fills the unit cube around the origin."""
    if shape is Shape.BOX:
        bpy.ops.mesh.primitive_cube_add(size=1)
    elif shape is Shape.CYLINDER:
        bpy.ops.mesh.primitive_cylinder_add(vertices=24, radius=0.5, depth=1)
    elif shape is Shape.CONE:
        bpy.ops.mesh.primitive_cone_add(vertices=24, radius1=0.5, radius2=0.33, depth=1, end_fill_type="NOTHING")
    elif shape is Shape.SPHERE:
        bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=3, radius=0.5)
    else:
        bpy.ops.mesh.primitive_cube_add(size=1)
        _round_edges()
    made = bpy.context.object
    if shape is not Shape.BOX:
        bpy.ops.object.shade_smooth_by_angle(angle=math.radians(40))
    mesh = made.data
    mesh.use_fake_user = True
    bpy.data.objects.remove(made)
    return mesh


def _round_edges() -> None:
    modifier = bpy.context.object.modifiers.new("round", "BEVEL")
    modifier.width, modifier.segments = 0.16, 4
    bpy.ops.object.modifier_apply(modifier=modifier.name)


def _convert(by_pass: dict[str, NDArray[np.float32]]) -> Render:
    normals = stack_passes(by_pass, "Normal", "XYZ")
    return Render(
        picture=encode_srgb(stack_passes(by_pass, "Combined", "RGB") * EXPOSURE),
        depth=np.minimum(depth_pass(by_pass), FAR).astype(np.float16),
        normals=np.clip(np.round(normals * 127), -127, 127).astype(np.int8),
        mask=index_pass(by_pass, ("IndexOB", "Object Index")),
    )
