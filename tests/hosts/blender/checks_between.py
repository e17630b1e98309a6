"""From one scene to another: mixing them, and keyframes that lead from one to the other."""

from __future__ import annotations

import itertools
import sys
from types import SimpleNamespace

import bpy
import numpy
from artist import FOLDER, MODEL, PACKAGE, RecordingLayout, check, refusal

END_FILE = FOLDER / "end.json"
FIRST, LAST = 10, 30


def draw(drive):
    layout = RecordingLayout()
    drive.module("style_panel").OtherScenePanel.draw(SimpleNamespace(layout=layout), bpy.context)
    return layout


def at(drive, frame):
    """Scene and picture at a frame."""
    bpy.context.scene.frame_set(frame)
    drive.settle()
    assert (drive.picture() == drive.rendered()).all()
    return drive.scene(), drive.picture()


def rendered(drive, scene):
    client, wire = sys.modules[f"{PACKAGE}.client"], sys.modules[f"{PACKAGE}.wire"]
    message = wire.scene_message(scene)
    picture = drive.world.run(client.scenes.render_scene(drive.world.connection, message)).picture
    return numpy.frombuffer(picture.pixels, numpy.uint8).reshape(picture.height, picture.width, 3)


def difference(first, second):
    return abs(first.astype(int) - second.astype(int)).max()


@check
def mixes_two_scenes(drive):
    bpy.context.scene.frame_set(1)
    bpy.ops.maquette.new_scene(seed=50, model_id=MODEL)
    drive.changed_by(lambda: setattr(drive.empty("bed"), "hide_viewport", True))
    drive.changed_by(lambda: bpy.ops.maquette.restyle(source="SEED", seed=8, background=True))
    assert bpy.ops.maquette.save_scene(filepath=str(END_FILE)) == {"FINISHED"}
    end = drive.scene()
    bpy.ops.maquette.new_scene(seed=3, model_id=MODEL)
    drive.settle()
    start = drive.scene()
    drive.changed_by(lambda: bpy.ops.maquette.mix(filepath=str(END_FILE), amount=0.5))
    places = {blob.id: blob.ellipse for blob in drive.scene().blobs}
    named = {blob.name: blob.ellipse for blob in end.blobs}
    for blob in start.blobs:
        if blob.name != "bed":
            assert abs(places[blob.id].x - (blob.ellipse.x + named[blob.name].x) / 2) < 1e-6
    assert "Choose another plane" in refusal(bpy.ops.maquette.mix)


@check
def makes_keyframes_to_another_scene(drive):
    """The first frame is the scene as it was to the byte, the last one is the other scene, and nothing jumps."""
    bpy.ops.maquette.new_scene(seed=3, model_id=MODEL)
    drive.changed_by(lambda: drive.empty("rug").hide_set(True))
    drive.empty("lamp").rotation_euler.z += 0.4
    drive.settle()
    start, begun = drive.scene(), drive.picture()
    end = sys.modules[f"{PACKAGE}.scene_files"].load_scene(END_FILE)
    options = {"filepath": str(END_FILE), "first": FIRST, "last": LAST}
    assert "maquette.make_keyframes" in draw(drive).operators
    assert bpy.ops.maquette.make_keyframes(**options) == {"FINISHED"}
    assert "maquette.remove_keyframes" in draw(drive).operators
    assert "Remove them first" in refusal(bpy.ops.maquette.make_keyframes, **options)
    drive.world.report(None)
    first, picture = at(drive, FIRST)
    assert difference(picture, begun) <= 1
    by_id = {blob.id: blob for blob in first.blobs}
    for blob in start.blobs:
        if not blob.hidden:
            assert by_id[blob.id] == blob
    last, picture = at(drive, LAST)
    assert difference(picture, rendered(drive, end)) <= 1
    pictures = [at(drive, frame)[1] for frame in range(FIRST, LAST + 1, 4)]
    assert all((one != other).any() for one, other in itertools.pairwise(pictures))
    assert at(drive, FIRST)[0] == first
    assert at(drive, LAST)[0] == last


@check
def the_same_frame_is_the_same_picture(drive):
    middle = at(drive, 17)
    at(drive, 25)
    again = at(drive, 17)
    assert again[0] == middle[0]
    assert (again[1] == middle[1]).all()


@check
def the_keyframes_survive_the_file(drive):
    before = at(drive, 22)
    path = str(FOLDER / "between.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    after = at(drive, 22)
    assert after[0] == before[0]
    assert (after[1] == before[1]).all()


@check
def removes_the_keyframes(drive):
    first, picture = at(drive, FIRST)
    assert bpy.ops.maquette.remove_keyframes() == {"FINISHED"}
    drive.settle()
    assert not bpy.ops.maquette.remove_keyframes.poll()
    for frame in (FIRST, LAST):
        scene, now = at(drive, frame)
        assert difference(now, picture) <= 1
        assert {blob.id: blob for blob in scene.blobs if not blob.hidden}.keys() <= {blob.id for blob in first.blobs}
    assert drive.blob("rug").hidden


@check
def keyframes_from_another_plane(drive):
    first = drive.plane
    bpy.ops.maquette.new_scene(seed=70, model_id=MODEL, beside=True)
    drive.settle()
    second, end = drive.plane, drive.scene()
    drive.module("staging").choose(bpy.context, first)
    drive.settle()
    assert bpy.ops.maquette.make_keyframes(source_plane=second.name, first=FIRST, last=LAST) == {"FINISHED"}
    assert difference(at(drive, LAST)[1], rendered(drive, end)) <= 1
    for each in (*drive.module("blobs").blobs_of(second), second):
        bpy.data.objects.remove(each)
    bpy.ops.maquette.new_scene(seed=3, model_id=MODEL)
    drive.settle()
    assert not drive.module("leading").leads_somewhere(drive.plane), "a new scene leads nowhere"
    assert "must come after" in refusal(bpy.ops.maquette.make_keyframes, filepath=str(END_FILE), first=5, last=5)
    bpy.context.scene.frame_set(1)
    drive.world.report(None)
    drive.settle()


@check
def keyframes_in_space(drive):
    """The camera sees the way from one scene to the other; what covers what stays as the distances have it."""
    assert bpy.ops.maquette.to_camera() == {"FINISHED"}
    drive.settle()
    start = drive.scene()
    assert bpy.ops.maquette.make_keyframes(filepath=str(END_FILE), first=FIRST, last=LAST) == {"FINISHED"}
    assert at(drive, FIRST)[0].blobs == start.blobs
    end = {blob.name: blob for blob in sys.modules[f"{PACKAGE}.scene_files"].load_scene(END_FILE).blobs}
    for blob in at(drive, LAST)[0].blobs:
        if not end[blob.name].hidden:
            ellipse = end[blob.name].ellipse
            assert abs(blob.ellipse.x - ellipse.x) + abs(blob.ellipse.y - ellipse.y) < 1e-3, blob.name
            assert blob.look == end[blob.name].look
    assert bpy.ops.maquette.remove_keyframes() == {"FINISHED"}
    bpy.context.scene.frame_set(1)
    assert bpy.ops.maquette.to_plane() == {"FINISHED"}
    bpy.ops.maquette.new_scene(seed=3, model_id=MODEL)
    drive.settle()


@check
def keyframes_are_one_undo_step(drive):
    states = []
    for change in (
        lambda: None,
        lambda: bpy.ops.maquette.make_keyframes(filepath=str(END_FILE), first=1, last=9),
        lambda: bpy.ops.maquette.remove_keyframes(),
        lambda: bpy.ops.maquette.mix(filepath=str(END_FILE), amount=0.25),
    ):
        drive.step(change)
        states.append((drive.scene(), drive.picture()))
    for scene, picture in reversed(states[:-1]):
        drive.undo()
        assert drive.scene() == scene
        assert (drive.picture() == picture).all()
    for name in ("Mix", "MakeKeyframes", "RemoveKeyframes"):
        assert {"REGISTER", "UNDO"} <= getattr(drive.module("between_operators"), name).bl_options
