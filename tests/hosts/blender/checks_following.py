"""Whatever an artist does to an empty, the scene and the picture follow."""

from __future__ import annotations

import itertools
import time

import bpy
import numpy
from artist import check


@check
def follows_a_move(drive):
    before = drive.blob("bed").ellipse

    def move():
        drive.empty("bed").location.x += 0.2
        drive.empty("bed").location.y += 0.1

    drive.changed_by(move)
    after = drive.blob("bed").ellipse
    assert abs(after.x - before.x - 0.2) < 1e-5
    assert abs(after.y - before.y + 0.1) < 1e-5
    assert (after.size, after.aspect, after.angle) == (before.size, before.aspect, before.angle)


@check
def follows_a_scale(drive):
    before = drive.blob("bed").ellipse
    drive.changed_by(lambda: setattr(drive.empty("bed"), "scale", [2 * each for each in drive.empty("bed").scale]))
    assert abs(drive.blob("bed").ellipse.size / before.size - 4) < 1e-4


@check
def follows_a_rotation(drive):
    before = drive.blob("bed").ellipse

    def turn():
        drive.empty("bed").scale.x *= 1.5
        drive.empty("bed").rotation_euler.z += 0.5

    drive.changed_by(turn)
    after = drive.blob("bed").ellipse
    assert abs(after.angle - (before.angle - 0.5)) < 1e-5
    assert abs(after.aspect / before.aspect - 1.5) < 1e-4


@check
def follows_a_constraint_and_a_group(drive):
    group = bpy.data.objects.new("Group", None)
    drive.plane.users_collection[0].objects.link(group)
    group.parent = drive.plane
    drive.empty("lamp").parent = group
    before = drive.blob("lamp").ellipse
    drive.changed_by(lambda: setattr(group, "location", (0.1, 0.0, 0.0)))
    assert abs(drive.blob("lamp").ellipse.x - before.x - 0.1) < 1e-5


@check
def moving_the_plane_changes_nothing(drive):
    before = drive.scene()
    drive.plane.location = (3.0, 2.0, 1.0)
    drive.plane.scale = (2.0, 2.0, 2.0)
    drive.plane.rotation_euler.z = 0.7
    drive.settle()
    drive.plane.location, drive.plane.scale, drive.plane.rotation_euler.z = (0, 0, 0), (1, 1, 1), 0.0
    drive.settle()
    after = drive.scene()
    assert [blob.id for blob in after.blobs] == [blob.id for blob in before.blobs]
    for first, second in zip(before.blobs, after.blobs, strict=True):
        assert abs(first.ellipse.x - second.ellipse.x) < 1e-4


@check
def follows_hide_and_show(drive):
    drive.changed_by(lambda: drive.empty("rug").hide_set(True))
    assert drive.blob("rug").hidden
    assert bpy.ops.maquette.toggle(name=drive.empty("rug").name) == {"FINISHED"}
    drive.settle()
    assert not drive.blob("rug").hidden
    drive.changed_by(lambda: setattr(drive.empty("rug"), "hide_viewport", True))
    drive.changed_by(lambda: setattr(drive.empty("rug"), "hide_viewport", False))


@check
def follows_a_duplicate(drive):
    for selected in bpy.context.selected_objects:
        selected.select_set(False)
    lamp = drive.empty("lamp")
    lamp.select_set(True)
    bpy.context.view_layer.objects.active = lamp
    copy_id = drive.copy_id("lamp")
    assert bpy.ops.object.duplicate() == {"FINISHED"}
    drive.settle()
    copy = bpy.context.view_layer.objects.active
    assert copy["maquette_id"] == copy_id, copy["maquette_id"]
    assert drive.order().index(copy_id) == drive.order().index(drive.id("lamp")) + 1
    drive.changed_by(lambda: setattr(copy, "location", (-0.3, 0.2, copy.location.z)))
    assert drive.blob(copy_id).look == drive.blob("lamp").look


@check
def clones_by_operator(drive):
    bpy.context.view_layer.objects.active = drive.empty("bed")
    copy_id = drive.copy_id("bed")
    drive.changed_by(bpy.ops.maquette.clone)
    assert bpy.context.view_layer.objects.active["maquette_id"] == copy_id
    assert drive.blob(copy_id).look == drive.blob("bed").look


@check
def follows_a_delete(drive):
    copy = bpy.context.view_layer.objects.active
    copy_id = copy["maquette_id"]
    assert copy_id in drive.order()

    def delete():
        for selected in bpy.context.selected_objects:
            selected.select_set(False)
        copy.select_set(True)
        assert bpy.ops.object.delete() == {"FINISHED"}

    drive.changed_by(delete)
    assert copy_id not in drive.order()


@check
def a_deleted_original_comes_back(drive):
    """As undo does it: the empty is there again with what was written on it."""
    bed = drive.empty("bed")
    collection, written = bed.users_collection[0], drive.blob("bed")
    drive.changed_by(lambda: collection.objects.unlink(bed))
    assert written.id not in drive.order()

    def undo():
        collection.objects.link(bed)
        drive.clock._undone()

    drive.changed_by(undo)
    assert drive.blob("bed") == written


@check
def follows_the_order(drive):
    bpy.context.view_layer.objects.active = drive.empty("rug")
    before = drive.order()
    drive.changed_by(lambda: bpy.ops.maquette.order(direction="FORWARD"))
    index = before.index(drive.id("rug"))
    assert drive.order()[index : index + 2] == [before[index + 1], drive.id("rug")]
    bpy.ops.maquette.order(direction="BACKWARD")
    drive.settle()
    assert drive.order() == before
    drive.changed_by(lambda: setattr(drive.empty("rug").location, "z", 0.5))
    assert drive.order()[-1] == drive.id("rug")
    assert bpy.ops.maquette.order(direction="FORWARD") == {"CANCELLED"}


@check
def restyles_from_a_seed(drive):
    bpy.context.view_layer.objects.active = drive.empty("bed")
    drive.changed_by(lambda: bpy.ops.maquette.restyle(source="SEED", seed=42, amount=0.8, truncation=0.0))
    restyle = drive.blob("bed").look.restyle
    assert (restyle.seed, round(restyle.amount, 3)) == (42, 0.8)
    drive.changed_by(bpy.ops.maquette.own_look)
    assert drive.blob("bed").look.restyle is None


@check
def restyles_from_another_blob(drive):
    bpy.context.view_layer.objects.active = drive.empty("bed")
    drive.changed_by(lambda: bpy.ops.maquette.restyle(source="BLOB", blob=drive.empty("lamp").name, amount=1.0))
    assert drive.blob("bed").look.restyle.style == drive.blob("lamp").look.style


@check
def restyles_the_background(drive):
    drive.changed_by(lambda: bpy.ops.maquette.restyle(source="SEED", seed=7, amount=1.0, background=True))
    assert drive.scene().background.restyle.seed == 7


@check
def keeps_a_renamed_blob(drive):
    drive.empty("cabinet").name = "The good old cupboard"
    drive.settle()
    drive.changed_by(lambda: setattr(drive.empty("cabinet").location, "x", 0.3))
    assert drive.empty("cabinet").name == "The good old cupboard"
    assert drive.blob("cabinet").name == "cabinet"


@check
def follows_keyframes(drive):
    bed = drive.empty("bed")
    bed.location.x = -0.3
    bed.keyframe_insert("location", frame=1)
    bed.location.x = 0.3
    bed.keyframe_insert("location", frame=11)
    bpy.context.scene.frame_set(1)
    drive.settle()
    drive.changed_by(lambda: bpy.context.scene.frame_set(6))
    assert abs(drive.blob("bed").ellipse.x - 0.5) < 0.02
    bed.animation_data_clear()


@check
def streams_a_drag(drive):
    """Sixty small moves, and more until five pictures came: each newer than the last, the final one of full quality."""
    frames, turns = [], []
    shown = drive.world._show
    drive.world.follower._on_frame = lambda frame: (frames.append(frame), shown(frame))
    lamp = drive.empty("lamp")
    try:
        for step in itertools.count():
            if step >= 60 and len(frames) >= 5:
                break
            lamp.location.x = 0.3 * numpy.sin(step / 10)
            bpy.context.view_layer.update()
            for _ in range(4):
                start = time.perf_counter()
                drive.clock.tick()
                turns.append(1000 * (time.perf_counter() - start))
                time.sleep(0.003)
        drive.settle()
    finally:
        drive.world.follower._on_frame = shown
    revisions = [frame.revision for frame in frames]
    assert revisions == sorted(revisions)
    assert frames[-1].final
    assert (drive.picture() == drive.rendered()).all()
    return {
        "frames": len(frames),
        "turn_median_ms": round(float(numpy.median(turns)), 2),
        "turn_p95_ms": round(float(numpy.percentile(turns, 95)), 2),
        "round_trip_p95_ms": round(float(numpy.percentile([f.round_trip_milliseconds or 0 for f in frames], 95)), 1),
    }


@check
def rests_when_nothing_happens(drive):
    drive.settle()
    assert drive.clock.tick() is None
    if bpy.app.timers.is_registered(drive.clock.tick):
        bpy.app.timers.unregister(drive.clock.tick)
    bpy.context.view_layer.update()
    assert not bpy.app.timers.is_registered(drive.clock.tick)
