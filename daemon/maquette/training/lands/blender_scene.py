# pyright: basic, reportAttributeAccessIssue=false, reportMissingImports=false
"""One Cycles scene whose ground, plants, sky and light are set again land after land. Imports bpy."""

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from maquette.training.lands.blender_nodes import (
    Dials,
    build_haze,
    build_matter,
    build_sky,
    build_water,
    haze_dials,
    sky_dials,
)
from maquette.training.lands.scatter import Scattered, scatter
from maquette.training.lands.terrain import FARTHEST, RINGS, SPOKES, Ground, fan, shape_ground
from maquette.training.lands.types import SURFACES, LandDescription, Light, Surface
from maquette.training.rendering.cycles import (
    configure_cycles,
    depth_pass,
    encode_srgb,
    index_pass,
    render_passes,
    stack_passes,
)

FAR = 20000.0
"""Depth of the sky in metres."""


@dataclass(frozen=True)
class Render:
    """A rendered land.

    `picture` (H, W, 3) uint8 sRGB, `depth` (H, W) float16 metres from the camera, `mask` (H, W) uint8: the index in
    `SURFACES` of what the pixel shows.
    """

    picture: NDArray[np.uint8]
    depth: NDArray[np.float16]
    mask: NDArray[np.uint8]


class BlenderScene:
    """A Cycles scene on the CPU that is reused from land to land."""

    def __init__(self, width: int = 512, height: int = 128, samples: int = 4, threads: int = 1) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._scene = bpy.context.scene
        self._folder = tempfile.TemporaryDirectory(prefix="maquette-lands-")
        self._shape = height, width
        self._span = 0.0
        self._configure(samples, threads)
        self._camera = self._add_camera()
        self._sun = self._add("sun", bpy.data.lights.new("sun", "SUN"))
        self._sky = build_sky(self._add_world())
        self._add_surfaces()

    def close(self) -> None:
        """Remove the temporary files."""
        self._folder.cleanup()

    def render(self, land: LandDescription) -> Render:
        """Apply a description and render it."""
        self._apply(land)
        by_pass = render_passes(self._scene, Path(self._folder.name) / "land.exr")
        return _convert(by_pass)

    def _configure(self, samples: int, threads: int) -> None:
        height, width = self._shape
        configure_cycles(self._scene, width, height, samples, threads)
        self._scene.cycles.diffuse_bounces = 1
        # What water mirrors is as noisy in the albedo and normals that guide the denoiser as in the picture.
        self._scene.cycles.denoising_prefilter = "ACCURATE"
        self._scene.view_layers[0].use_pass_material_index = True

    def _add_world(self) -> bpy.types.World:
        world = bpy.data.worlds.new("world")
        world.cycles.sampling_method = "NONE"
        self._scene.world = world
        return world

    def _add_surfaces(self) -> None:
        haze, self._haze = build_haze()
        self._mottle = Dials()
        matter = [
            build_matter(surface.value, index, haze, "ground", self._mottle) for index, surface in enumerate(SURFACES)
        ]
        plain = {
            s: build_matter(f"{s.value} thing", SURFACES.index(s), haze, "object", Dials())
            for s in (Surface.ROCK, Surface.VEGETATION)
        }
        self._ground = self._add("ground", _fan_mesh(matter))
        self._things = {surface: self._add_things(surface, plain[surface]) for surface in plain}
        water, self._water_dials = build_water(SURFACES.index(Surface.WATER), haze)
        self._water = self._add("water", _sheet(water))

    def _add(self, name: str, data) -> bpy.types.Object:
        made = bpy.data.objects.new(name, data)
        self._scene.collection.objects.link(made)
        return made

    def _add_camera(self) -> bpy.types.Object:
        camera = self._add("camera", bpy.data.cameras.new("camera"))
        camera.data.type = "PANO"
        camera.data.panorama_type = "CENTRAL_CYLINDRICAL"
        camera.data.central_cylindrical_radius = 1.0
        camera.data.clip_end = FAR
        self._scene.camera = camera
        return camera

    def _add_things(self, surface: Surface, material) -> bpy.types.Object:
        mesh = bpy.data.meshes.new(surface.value)
        mesh.materials.append(material)
        return self._add(surface.value, mesh)

    def _apply(self, land: LandDescription) -> None:
        ground = shape_ground(land)
        towards = sun_direction(land.light)
        self._place_camera(land, ground.eye)
        self._place_sun(land.light, towards)
        self._sky.turn(sky_dials(land, towards))
        self._haze.turn(haze_dials(land, towards))
        self._mottle.turn(dict.fromkeys(self._mottle.numbers, land.soil.mottle))
        if self._span != land.view.span:
            _set_map(self._ground.data, land.view.span)
            self._span = land.view.span
        _set_ground(self._ground.data, ground)
        for surface, thing in self._things.items():
            scattered = scatter(land, ground, rocks=surface is Surface.ROCK)
            thing.hide_render = not len(scattered.corners)
            _set_triangles(thing.data, scattered)
        self._water.hide_render = land.water is None
        if land.water is not None:
            self._water.matrix_world = Matrix.Translation((0, 0, land.water.level))
            self._water_dials.turn({"ripples": min(land.water.ripples, 1.0), "colour": land.water.colour})

    def _place_camera(self, land: LandDescription, eye: float) -> None:
        height, width = self._shape
        data, tall = self._camera.data, land.view.span * height / width
        data.central_cylindrical_range_u_min, data.central_cylindrical_range_u_max = (
            -land.view.span / 2,
            land.view.span / 2,
        )
        data.central_cylindrical_range_v_max = tall * land.view.horizon
        data.central_cylindrical_range_v_min = -tall * (1 - land.view.horizon)
        self._camera.matrix_world = Matrix.Translation((0, 0, eye)) @ Matrix.Rotation(math.pi / 2, 4, "X")

    def _place_sun(self, light: Light, towards: tuple[float, float, float]) -> None:
        self._sun.data.energy = light.strength
        self._sun.data.color = light.colour
        self._sun.data.angle = light.softness
        self._sun.matrix_world = Vector(towards).to_track_quat("Z", "Y").to_matrix().to_4x4()


def sun_direction(light: Light) -> tuple[float, float, float]:
    """The unit vector towards the sun."""
    flat = math.cos(light.elevation)
    return flat * math.sin(light.azimuth), flat * math.cos(light.azimuth), math.sin(light.elevation)


def _fan_mesh(materials) -> bpy.types.Mesh:
    """The ground's mesh, of which only points, colours and materials of faces change."""
    mesh = bpy.data.meshes.new("ground")
    corner = np.arange(RINGS * SPOKES).reshape(RINGS, SPOKES)
    faces = np.stack([corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]], axis=-1).reshape(-1, 4)
    _set_faces(mesh, RINGS * SPOKES, faces)
    mesh.shade_smooth()
    mesh.color_attributes.new("colour", "FLOAT_COLOR", "POINT")
    for material in materials:
        mesh.materials.append(material)
    return mesh


def _set_faces(mesh: bpy.types.Mesh, points: int, faces: NDArray[np.int64]) -> None:
    mesh.vertices.add(points)
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.ravel().astype(np.int32))
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, faces.shape[1], dtype=np.int32))
    mesh.update(calc_edges=True)


def _set_ground(mesh: bpy.types.Mesh, ground: Ground) -> None:
    mesh.vertices.foreach_set("co", ground.points.ravel())
    mesh.color_attributes["colour"].data.foreach_set("color", _rgba(ground.colours))
    mesh.polygons.foreach_set("material_index", ground.surfaces.ravel())
    mesh.update()


def _set_map(mesh: bpy.types.Mesh, span: float) -> None:
    azimuth, distance = fan(span)
    place = np.stack([azimuth, np.log(distance) * 0.35], axis=-1).reshape(-1, 2).astype(np.float32)
    loops = np.zeros(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", loops)
    layer = mesh.uv_layers.get("fan") or mesh.uv_layers.new(name="fan")
    layer.data.foreach_set("uv", place[loops].ravel())


def _set_triangles(mesh: bpy.types.Mesh, scattered: Scattered) -> None:
    mesh.clear_geometry()
    count = len(scattered.corners)
    if not count:
        return
    _set_faces(mesh, 3 * count, np.arange(3 * count).reshape(-1, 3))
    mesh.vertices.foreach_set("co", scattered.corners.ravel())
    colours = mesh.color_attributes.new("colour", "FLOAT_COLOR", "POINT")
    colours.data.foreach_set("color", _rgba(np.repeat(scattered.colours, 3, axis=0)))
    mesh.update()


def _rgba(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = colours.reshape(-1, 3)
    return np.concatenate([flat, np.ones((len(flat), 1), np.float32)], axis=1).ravel()


def _sheet(material) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new("water")
    reach = FARTHEST * 3
    corners = [(-reach, -reach, 0), (reach, -reach, 0), (reach, reach, 0), (-reach, reach, 0)]
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    mesh.materials.append(material)
    return mesh


def _convert(by_pass: dict[str, NDArray[np.float32]]) -> Render:
    return Render(
        picture=encode_srgb(stack_passes(by_pass, "Combined", "RGB")),
        depth=np.minimum(depth_pass(by_pass), FAR).astype(np.float16),
        mask=index_pass(by_pass, ("IndexMA", "Material Index")),
    )
