"""Scenes made from objects that the camera sees."""

from __future__ import annotations

import math

import bpy
from artist import MODEL, check, refusal
from mathutils import Vector
from space import camera, draw, to_camera, to_plane


def box(name, low, high):
    """A selected box in the world."""
    corners = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    made = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(made)
    made.select_set(True)
    return made


@check
def guesses_what_objects_are(drive):
    for selected in bpy.context.selected_objects:
        selected.select_set(False)
    eye = camera()
    eye.location, eye.rotation_euler, eye.data.lens = (0.0, -6.0, 1.5), (math.pi / 2, 0.0, 0.0), 40.0
    box("Old bed", (-1.5, 0.0, 0.0), (0.5, 2.0, 0.6))
    box("Cube.007", (1.0, 1.0, 0.0), (1.3, 1.3, 1.5))
    box("Thing", (-3.0, 2.5, 0.0), (3.0, 2.6, 3.0))
    box("Carpet", (-2.0, -1.5, 0.0), (1.0, 1.0, 0.02))
    objects = drive.module("camera_objects")
    known = objects.known_kinds(bpy.context, MODEL)
    guesses = {each.name: objects.kind_for(each, known) for each in objects.candidates(bpy.context)}
    assert guesses == {"Old bed": "bed", "Cube.007": "", "Thing": "", "Carpet": "rug"}
    drawn = draw(drive, "camera_object_panel", "ObjectsPanel")
    assert drawn.operators == ["maquette.from_objects"]
    assert set(guesses) <= set(drawn.texts)
    assert bpy.ops.maquette.choose_kind(name="Cube.007", kind="lamp") == {"FINISHED"}
    assert bpy.ops.maquette.choose_kind(name="Carpet", kind="-") == {"FINISHED"}
    assert objects.kind_for(bpy.data.objects["Cube.007"], known) == "lamp"
    assert objects.kind_for(bpy.data.objects["Carpet"], known) == ""


@check
def makes_a_scene_from_objects(drive):
    from bpy_extras.object_utils import world_to_camera_view

    # Empties of the scene that is replaced: they are gone by the time the new ones stand.
    replaced = drive.empty("bed")
    replaced.select_set(True)
    bpy.context.view_layer.objects.active = replaced
    assert bpy.ops.maquette.from_objects(seed=2, model_id=MODEL, mode="SPACE", follow=True) == {"FINISHED"}
    drive.settle()
    sampled = drive.module("plane").document_of(drive.plane).sampled
    assert drive.scene() == sampled, "what stands in space is not what was asked for"
    shown = {blob.name for blob in drive.scene().blobs if not blob.hidden}
    assert {"bed", "lamp", "floor", "back wall"} == shown
    scene = bpy.context.scene
    middle = world_to_camera_view(scene, camera(), Vector((-0.5, 1.0, 0.3)))
    ellipse = drive.blob("bed").ellipse
    assert abs(ellipse.x - middle.x) < 0.03
    assert abs(ellipse.y - (1 - middle.y)) < 0.03
    assert drive.empty("bed").constraints[0].target.name == "Old bed"


@check
def empties_follow_their_objects(drive):
    before = drive.blob("lamp").ellipse
    drive.changed_by(lambda: setattr(bpy.data.objects["Cube.007"], "location", (-0.5, 0.0, 0.0)))
    assert drive.blob("lamp").ellipse.x < before.x - 0.03
    to_plane(drive)
    assert drive.empty("lamp").constraints[0].mute
    to_camera(drive)
    assert not drive.empty("lamp").constraints[0].mute
    moved = drive.blob("lamp").ellipse
    drive.changed_by(lambda: setattr(bpy.data.objects["Cube.007"], "location", (0.0, 0.0, 0.0)))
    assert drive.blob("lamp").ellipse.x > moved.x + 0.03


@check
def makes_a_scene_from_objects_on_a_plane(drive):
    done = bpy.ops.maquette.from_objects(seed=2, model_id=MODEL, mode="PLANE", keep_absent=False)
    assert done == {"FINISHED"}
    drive.settle()
    assert {blob.name for blob in drive.scene().blobs} == {"bed", "lamp", "floor", "back wall"}
    assert drive.empty("bed").parent == drive.plane
    assert not drive.module("plane").is_seen_by_camera(drive.plane)
    assert not drive.empty("bed").constraints


@check
def a_room_is_seen_from_wherever_the_camera_looks(drive):
    room = box("Room", (-2.0, -7.0, 0.0), (2.0, 3.0, 2.6))
    assert bpy.ops.maquette.from_objects(seed=5, model_id=MODEL, mode="SPACE", keep_absent=False) == {"FINISHED"}
    drive.settle()
    assert drive.scene() == drive.module("plane").document_of(drive.plane).sampled
    before = drive.blob("floor").ellipse
    drive.changed_by(lambda: setattr(camera().rotation_euler, "z", 0.3))
    turned = drive.blob("floor").ellipse
    assert before != turned
    assert abs(turned.x - 0.5) < 0.2, "the floor went out of the picture with the camera"
    to_plane(drive)
    to_camera(drive)
    assert drive.module("blobs").BOX_KEY in drive.empty("floor")
    camera().rotation_euler.z = 0.0
    drive.settle()
    assert abs(drive.blob("floor").ellipse.x - before.x) < 1e-3
    to_plane(drive)
    drive.changed_by(lambda: setattr(drive.empty("floor").location, "x", 0.1))
    to_camera(drive)
    assert drive.module("blobs").BOX_KEY not in drive.empty("floor"), "it is where the artist put it, not its box"
    bpy.data.objects.remove(room)
    to_plane(drive)


@check
def says_what_it_cannot_make_a_scene_of(drive):
    for each in ("Old bed", "Cube.007"):
        bpy.data.objects[each].select_set(False)
    bpy.data.objects["Thing"].select_set(True)
    assert "Choose what they are" in refusal(bpy.ops.maquette.from_objects, model_id=MODEL)
    bpy.data.objects["Thing"].maquette_kind = "bed"
    camera().rotation_euler.z = math.pi
    assert "camera sees nothing" in refusal(bpy.ops.maquette.from_objects, model_id=MODEL)
    camera().rotation_euler.z = 0.0
    for name in ("Old bed", "Cube.007", "Thing", "Carpet"):
        bpy.data.objects.remove(bpy.data.objects[name])
    drive.world.report(None)
    assert bpy.ops.maquette.new_scene(seed=3, model_id=MODEL) == {"FINISHED"}
    drive.settle()
