"""Empties that stand in space and are seen by the camera."""

from __future__ import annotations

import bpy
from artist import MODEL, check, refusal
from mathutils import Vector
from space import camera, draw, to_camera, to_plane


def poses(drive):
    return {empty["maquette_id"]: empty.matrix_world.copy() for empty in drive.module("blobs").blobs_of(drive.plane)}


def farthest_apart(first, second):
    return max(
        abs(x - y)
        for key in first
        for one, other in zip(first[key], second[key], strict=True)
        for x, y in zip(one, other, strict=True)
    )


@check
def refuses_to_look_without_a_camera(drive):
    assert bpy.ops.maquette.new_scene(seed=3, model_id=MODEL) == {"FINISHED"}
    drive.settle()
    scene = bpy.context.scene
    if scene.camera is None:
        made = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        scene.collection.objects.link(made)
        made.location, made.rotation_euler = (7.4, -6.9, 5.0), (1.11, 0.0, 0.81)
        scene.camera = made
    kept, scene.camera = scene.camera, None
    assert "no active camera" in refusal(bpy.ops.maquette.to_camera)
    assert "no active camera" in " ".join(draw(drive, "camera_panel", "CameraPanel").texts)
    scene.camera = kept
    camera().data.type = "PANO"
    assert "panoramic" in refusal(bpy.ops.maquette.to_camera)
    camera().data.type = "PERSP"
    assert not drive.module("plane").is_seen_by_camera(drive.plane)


@check
def stands_in_space_and_shows_the_same(drive):
    drive.empty("bed").location.x += 0.13
    drive.empty("rug").rotation_euler.z += 0.4
    drive.empty("rug").location.z = 0.3
    drive.empty("lamp").hide_set(True)
    names = {empty.name for empty in drive.module("blobs").blobs_of(drive.plane)}
    to_camera(drive)
    bed = drive.empty("bed")
    assert bed.parent is None
    assert not any(bed.lock_location)
    assert {empty.name for empty in drive.module("blobs").blobs_of(drive.plane)} == names
    assert drive.module("blobs").front_to_back(drive.plane)[0] == drive.empty("rug")
    distances = [
        (camera().matrix_world.inverted() @ drive.empty(blob_id).matrix_world).translation.z
        for blob_id in drive.order()
    ]
    assert distances == sorted(distances), "nearer to the camera is not in front"
    drawn = draw(drive, "camera_panel", "CameraPanel")
    assert {"maquette.to_camera", "maquette.to_plane"} == set(drawn.operators)


@check
def agrees_with_blenders_own_projection(drive):
    from bpy_extras.object_utils import world_to_camera_view

    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 640, 640
    for kind, shift, fit in (("PERSP", 0.0, "AUTO"), ("PERSP", 0.15, "VERTICAL"), ("ORTHO", -0.1, "HORIZONTAL")):
        camera().data.type, camera().data.shift_x, camera().data.sensor_fit = kind, shift, fit
        drive.settle()
        for name in ("bed", "rug"):
            seen = world_to_camera_view(scene, camera(), drive.empty(name).matrix_world.translation)
            ellipse = drive.blob(name).ellipse
            assert abs(ellipse.x - seen.x) < 1e-4
            assert abs(ellipse.y - (1 - seen.y)) < 1e-4
    camera().data.type, camera().data.shift_x, camera().data.sensor_fit = "PERSP", 0.0, "AUTO"


@check
def is_the_middle_of_a_wide_render(drive):
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 1280, 640
    camera().data.sensor_fit = "VERTICAL"
    drive.settle()
    wide = drive.blob("bed").ellipse
    scene.render.resolution_x = 640
    drive.settle()
    square = drive.blob("bed").ellipse
    assert abs(wide.x - square.x) < 1e-5
    assert abs(wide.size / square.size - 1) < 1e-4
    camera().data.sensor_fit = "AUTO"
    drive.settle()


@check
def follows_the_camera(drive):
    before = drive.blob("bed").ellipse
    drive.changed_by(lambda: setattr(camera().data, "lens", 0.5 * camera().data.lens))
    assert drive.blob("bed").ellipse.size < 0.5 * before.size
    camera().data.lens *= 2
    drive.settle()
    drive.changed_by(lambda: setattr(camera(), "location", camera().location + Vector((0.3, 0.0, 0.0))))
    camera().location.x -= 0.3
    drive.settle()
    after = drive.blob("bed").ellipse
    assert abs(after.x - before.x) < 1e-4


@check
def follows_an_animated_camera(drive):
    camera().keyframe_insert("location", frame=1)
    camera().location.x += 1.0
    camera().keyframe_insert("location", frame=11)
    bpy.context.scene.frame_set(1)
    drive.settle()
    drive.changed_by(lambda: bpy.context.scene.frame_set(11))
    bpy.context.scene.frame_set(1)
    drive.settle()
    camera().animation_data_clear()


@check
def what_is_behind_the_camera_is_not_drawn(drive):
    bed = drive.empty("bed")
    kept = bed.matrix_world.copy()
    drive.changed_by(lambda: setattr(bed, "location", camera().matrix_world @ Vector((0.0, 0.0, 3.0))))
    assert drive.blob("bed").hidden
    assert not bed.hide_get()
    to_plane(drive)
    to_camera(drive)
    assert not drive.empty("bed").hide_get()
    drive.changed_by(lambda: setattr(drive.empty("bed"), "matrix_world", kept))
    assert not drive.blob("bed").hidden


@check
def comes_back_to_where_it_stood(drive):
    """Through the plane and back: every transform, what was locked, and how far in front of the plane it was."""
    before = poses(drive)
    to_plane(drive)
    rug = drive.empty("rug")
    assert rug.parent == drive.plane
    assert abs(rug.location.z - 0.3) < 1e-6
    assert list(rug.lock_location) == [False, False, True]
    to_camera(drive)
    assert farthest_apart(before, poses(drive)) < 1e-5


@check
def takes_what_was_moved_on_the_plane_along(drive):
    camera().location.z += 0.5
    to_plane(drive)
    drive.changed_by(lambda: setattr(drive.empty("bed").location, "x", drive.empty("bed").location.x - 0.2))
    drive.empty("bed").location.z = 0.5
    drive.settle()
    assert drive.order()[-1] == drive.id("bed")
    to_camera(drive)
    assert drive.order()[-1] == drive.id("bed")


@check
def keeps_keyframes(drive):
    to_plane(drive)
    rug = drive.empty("rug")
    rug.keyframe_insert("location", frame=1)
    rug.location.x += 0.3
    rug.keyframe_insert("location", frame=11)
    bpy.context.scene.frame_set(11)
    drive.settle()
    last = drive.blob("rug").ellipse
    bpy.context.scene.frame_set(1)
    to_camera(drive)
    bpy.context.scene.frame_set(11)
    drive.settle()
    assert abs(drive.blob("rug").ellipse.x - last.x) < 1e-5
    to_plane(drive)
    assert abs(rug.location.x - rug.matrix_local.translation.x) < 1e-5
    rug.animation_data_clear()
    to_camera(drive)


@check
def changes_what_covers_what_in_space(drive):
    bpy.context.view_layer.objects.active = drive.empty("rug")
    before, places = drive.order(), poses(drive)
    drive.changed_by(lambda: bpy.ops.maquette.order(direction="BACKWARD"))
    index = before.index(drive.id("rug"))
    assert drive.order()[index - 1 : index + 1] == [drive.id("rug"), before[index - 1]]
    assert farthest_apart(places, poses(drive)) == 0.0, "something was moved in space"
    drive.empty("rug").maquette_push = 100.0
    drive.settle()
    assert drive.order()[0] == drive.id("rug")


@check
def copies_in_space(drive):
    bpy.context.view_layer.objects.active = drive.empty("bed")
    copy_id, before = drive.copy_id("bed"), drive.blob("bed").ellipse
    drive.changed_by(bpy.ops.maquette.clone)
    copy = drive.blob(copy_id).ellipse
    assert abs(copy.x - before.x - 0.06) < 0.02
    assert abs(copy.y - before.y - 0.06) < 0.02


@check
def new_scenes_stand_in_space_too(drive):
    drive.changed_by(lambda: bpy.ops.maquette.new_scene(seed=8, model_id=MODEL))
    assert drive.scene() == drive.module("plane").document_of(drive.plane).sampled
    assert all(drive.module("blobs").SPACE_KEY in each for each in drive.module("blobs").blobs_of(drive.plane))
    backdrops = [each.image for each in camera().data.background_images]
    assert backdrops == [drive.module("plane").picture_of(drive.plane)]
    settings = bpy.context.scene.maquette.camera
    settings.backdrop = "OFF"
    assert not camera().data.background_images
    settings.backdrop = "FRONT"
    assert [each.display_depth for each in camera().data.background_images] == ["FRONT"]
    settings.backdrop = "BACK"


@check
def may_be_carried_by_anything(drive):
    """Under another parent an empty still belongs to its scene."""
    carrier = bpy.data.objects.new("Carrier", None)
    bpy.context.scene.collection.objects.link(carrier)
    bed = drive.empty("bed")
    bed.parent = carrier
    before = drive.blob("bed").ellipse
    drive.changed_by(lambda: setattr(carrier, "location", (0.5, 0.0, 0.0)))
    assert drive.blob("bed").ellipse != before
    to_plane(drive)
    assert bed.parent == carrier
    to_camera(drive)
    bed.parent = None
    bpy.data.objects.remove(carrier)


@check
def switching_is_one_undo_step(drive):
    drive.step(lambda: bpy.ops.maquette.new_scene(seed=4, model_id=MODEL))
    to_plane(drive)
    bpy.ops.ed.undo_push(message="plane")
    places = poses(drive)
    drive.step(bpy.ops.maquette.to_camera)
    scene, stood = drive.scene(), poses(drive)
    drive.undo()
    assert not drive.module("plane").is_seen_by_camera(drive.plane)
    assert drive.scene() == scene
    assert farthest_apart(places, poses(drive)) < 1e-6
    drive.undo(redo=True)
    assert drive.module("plane").is_seen_by_camera(drive.plane)
    assert drive.scene() == scene
    assert farthest_apart(stood, poses(drive)) < 1e-6
    for name in ("ToCamera", "ToPlane"):
        assert {"REGISTER", "UNDO"} <= getattr(drive.module("camera_operators"), name).bl_options
    assert bpy.ops.maquette.to_plane() == {"FINISHED"}
    assert not camera().data.background_images


@check
def comes_back_to_the_plane_without_a_camera(drive):
    to_camera(drive)
    seen, scene = drive.scene(), bpy.context.scene
    kept, scene.camera = scene.camera, None
    bpy.context.view_layer.update()
    drive.turn_until(lambda: not drive.world.busy)
    assert drive.world.problem.reason == "NO_CAMERA"
    assert bpy.ops.maquette.to_plane() == {"FINISHED"}
    drive.settle()
    assert drive.scene() == seen
    scene.camera = kept


@check
def a_duplicated_scene_in_space_is_a_scene_of_its_own(drive):
    to_camera(drive)
    first = drive.plane
    for selected in bpy.context.selected_objects:
        selected.select_set(False)
    members = drive.module("blobs").blobs_of(first)
    for each in (first, *members):
        each.hide_select = False
        each.select_set(True)
    bpy.context.view_layer.objects.active = first
    bpy.ops.object.duplicate()
    drive.settle()
    second = drive.plane
    assert second != first
    assert set(drive.module("blobs").blobs_of(first)) == set(members)
    assert len(drive.module("blobs").blobs_of(second)) == len(members)
    drive.changed_by(lambda: setattr(drive.empty("bed").location, "x", drive.empty("bed").location.x + 0.4))
    for each in (*drive.module("blobs").blobs_of(second), second):
        bpy.data.objects.remove(each)
    bpy.context.view_layer.objects.active = first
    drive.settle()
    to_plane(drive)
