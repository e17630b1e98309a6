"""Drive the installed extension inside real Blender, and write what came out as JSON.

    python drive_blender.py EXTENSION.zip RESULT.json MODEL_ID

The environment names the daemon (MAQUETTE_COMMAND, MAQUETTE_RUNTIME_DIR, MAQUETTE_DATA_DIR); none runs at the start.
Blender without a window fires no timers, so the extension's own tick is called by hand, as the timer would.
"""

# ruff: noqa: T201
from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy

ZIP, RESULT, MODEL = sys.argv[1:4]
FOLDER = Path(tempfile.mkdtemp())
PACKAGE = "bl_ext.user_default.maquette"
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def refusal(operator, **options):
    """What an operator says when it refuses."""
    try:
        operator(**options)
    except RuntimeError as error:
        return str(error)
    raise AssertionError("it was done")


class RecordingLayout:
    """Takes whatever a panel draws; remembers texts and operators."""

    def __init__(self):
        self.texts, self.operators, self.properties = [], [], []

    def label(self, text="", **_options):
        self.texts.append(text)

    def operator(self, name, **_options):
        self.operators.append(name)
        return SimpleNamespace()

    def prop(self, _owner, name, **_options):
        self.properties.append(name)

    def __getattr__(self, _name):
        return lambda *_arguments, **_options: self


class Drive:
    """What the checks share."""

    def module(self, name):
        return sys.modules[f"{PACKAGE}.host.{name}"]

    @property
    def clock(self):
        return self.module("clock")

    @property
    def world(self):
        return self.clock.world()

    @property
    def plane(self):
        return self.module("plane").current(bpy.context)

    def id(self, kind):
        """The id of the sampled blob of a kind, or an id as it is."""
        sampled = self.module("plane").document_of(self.plane).sampled.blobs
        return next((blob.id for blob in sampled if blob.name == kind), kind)

    def copy_id(self, kind):
        """The id of the first copy of a blob."""
        return sys.modules[f"{PACKAGE}.identity"].fresh_id(self.id(kind), self.order())

    def empty(self, kind):
        blob_id = self.id(kind)
        return next(each for each in self.module("blobs").blobs_of(self.plane) if each["maquette_id"] == blob_id)

    def turn_until(self, done, seconds=30.0):
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, f"not within {seconds} s; {self.world.status}"
            self.clock.tick()
            time.sleep(0.003)

    def settle(self):
        """As when the artist lets go: turn until there is nothing more to do."""
        bpy.context.view_layer.update()
        self.turn_until(lambda: not self.world.busy)
        assert self.world.problem is None, self.world.problem

    def scene(self):
        """The scene that the daemon was told."""
        return self.world.follower.scene

    def blob(self, kind):
        blob_id = self.id(kind)
        return next(blob for blob in self.scene().blobs if blob.id == blob_id)

    def order(self):
        return [blob.id for blob in self.scene().blobs]

    def picture(self):
        """The pixels of the datablock, rows from top to bottom, 8-bit RGB."""
        datablock = self.module("plane").picture_of(self.plane)
        width, height = datablock.size
        pixels = numpy.empty(width * height * 4, numpy.float32)
        datablock.pixels.foreach_get(pixels)
        return numpy.rint(pixels.reshape(height, width, 4)[::-1, :, :3] * 255).astype(numpy.uint8)

    def rendered(self):
        """The same scene rendered by another call of the daemon."""
        client, wire = sys.modules[f"{PACKAGE}.client"], sys.modules[f"{PACKAGE}.wire"]
        message = wire.scene_message(self.scene())
        picture = self.world.run(client.scenes.render_scene(self.world.connection, message)).picture
        return numpy.frombuffer(picture.pixels, numpy.uint8).reshape(picture.height, picture.width, 3)

    def changed_by(self, change):
        """Do something, wait, and make sure that the picture changed and is the scene's own."""
        before = self.picture()
        change()
        self.settle()
        after = self.picture()
        assert (before != after).any(), "the picture did not change"
        assert numpy.abs(after.astype(int) - self.rendered().astype(int)).max() <= 1, "it shows another scene"
        return after

    def step(self, change):
        """Do something as one undo step of the artist's."""
        change()
        bpy.context.view_layer.update()
        bpy.ops.ed.undo_push(message="step")
        self.settle()

    def undo(self, redo=False):
        window = bpy.context.window_manager.windows[0]
        with bpy.context.temp_override(window=window, area=window.screen.areas[0]):
            assert (bpy.ops.ed.redo() if redo else bpy.ops.ed.undo()) == {"FINISHED"}
        self.settle()

    def draw(self, name):
        layout = RecordingLayout()
        getattr(self.module("panel"), name).draw(SimpleNamespace(layout=layout), bpy.context)
        return layout

    def daemon(self):
        return json.loads(Path(os.environ["MAQUETTE_RUNTIME_DIR"], "daemon.json").read_text())

    def kill_daemon(self):
        pid = self.daemon()["pid"]
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                os.kill(pid, 0)
                os.waitpid(pid, os.WNOHANG)
            except (ProcessLookupError, ChildProcessError):
                return
            time.sleep(0.01)

    def start_daemon(self):
        assert bpy.ops.maquette.start() == {"FINISHED"}
        self.turn_until(lambda: self.world.connection.condition.server is not None and not self.world.busy, 40)


@check
def installs(drive):
    done = bpy.ops.extensions.package_install_files(filepath=ZIP, repo="user_default", enable_on_install=True)
    assert done == {"FINISHED"}
    assert PACKAGE in bpy.context.preferences.addons


@check
def enables_twice(drive):
    import addon_utils

    for _ in range(2):
        addon_utils.disable(PACKAGE, default_set=True)
        assert not hasattr(bpy.types, "MAQUETTE_PT_main")
        assert not hasattr(bpy.types.Scene, "maquette")
        addon_utils.enable(PACKAGE, default_set=True)
    assert hasattr(bpy.types, "MAQUETTE_PT_main")
    assert len([each for each in bpy.app.handlers.depsgraph_update_post if PACKAGE in each.__module__]) == 1


@check
def keeps_the_client_private(drive):
    for name in ("grpclib", "h2", "google.protobuf", "maquette_client"):
        assert name not in sys.modules, name


@check
def offers_to_start(drive):
    drawn = drive.draw("MainPanel")
    assert drawn.operators == ["maquette.start"], drawn.operators
    assert "not running" in " ".join(drawn.texts)


@check
def says_that_nothing_runs(drive):
    assert "not running" in refusal(bpy.ops.maquette.new_scene, seed=1, model_id=MODEL)
    assert drive.plane is None


@check
def says_how_to_install(drive):
    command, path = os.environ.pop("MAQUETTE_COMMAND"), os.environ["PATH"]
    data, os.environ["MAQUETTE_DATA_DIR"] = os.environ["MAQUETTE_DATA_DIR"], str(FOLDER)
    os.environ["PATH"] = ""
    try:
        drive.world.set_command("")
        drawn = drive.draw("MainPanel")
    finally:
        os.environ.update(MAQUETTE_COMMAND=command, PATH=path, MAQUETTE_DATA_DIR=data)
        drive.world.set_command("")
    assert drawn.operators == ["maquette.how_to_install", "maquette.check"], drawn.operators
    assert bpy.ops.maquette.how_to_install() == {"FINISHED"}


@check
def starts_the_daemon(drive):
    drive.start_daemon()
    drawn = drive.draw("MainPanel")
    assert "maquette.new_scene" in drawn.operators
    assert MODEL in [model.id for model in drive.world.models]
    menu = RecordingLayout()
    drive.module("daemon_operators").ModelMenu.draw(SimpleNamespace(layout=menu), bpy.context)
    assert len(menu.operators) == 1 + len(drive.world.models)


@check
def makes_a_scene(drive):
    assert bpy.ops.maquette.new_scene(seed=3, model_id=MODEL) == {"FINISHED"}
    drive.settle()
    assert drive.plane.name == "Maquette plane"
    assert bpy.context.selected_objects == [drive.plane]
    names = {empty.name for empty in drive.module("blobs").blobs_of(drive.plane)}
    assert {"Bed", "Lamp", "Rug", "Floor", "Back wall"} <= names
    assert drive.picture().std() > 0
    assert (drive.picture() == drive.rendered()).all()
    sampled = drive.module("plane").document_of(drive.plane).sampled
    assert drive.scene() == sampled, "an untouched scene drifts"
    assert drive.empty("bed").show_name
    assert drive.empty("floor").hide_select
    assert not drive.empty("floor").show_name


@check
def stands_beside_what_is_there(drive):
    """The start-up cube reaches to x = 1: the picture must not stand inside it."""
    assert drive.plane.location.x - 0.5 > 1.0
    assert drive.plane.location.yz == bpy.context.scene.cursor.location.yz


@check
def shows_the_true_ellipse(drive):
    bed, ellipse = drive.empty("bed"), drive.blob("bed").ellipse
    area = ellipse.size * drive.module("plane").document_of(drive.plane).frame.area_normaliser
    assert abs(bed.scale.x * bed.scale.y - area) < 1e-6
    assert abs(bed.scale.x / bed.scale.y - ellipse.aspect) < 1e-4
    assert abs(bed.location.x - (ellipse.x - 0.5)) < 1e-6
    assert abs(bed.location.y - (0.5 - ellipse.y)) < 1e-6
    front = drive.plane.matrix_world.to_3x3() @ bed.location.normalized().__class__((0, 0, 1))
    assert abs(front.y + 1) < 1e-6, "the picture does not face the front view"


@check
def the_daemon_sees_the_same_device(drive):
    drive.draw("MainPanel")
    drive.turn_until(lambda: not drive.world.busy)
    assert drive.world.device
    assert any(drive.world.device in text for text in drive.draw("MainPanel").texts)


@check
def draws_every_panel(drive):
    bpy.context.view_layer.objects.active = drive.empty("bed")
    assert any("ms" in text for text in drive.draw("MainPanel").texts)
    assert {"maquette.order", "maquette.clone", "maquette.reset"} <= set(drive.draw("BlobsPanel").operators)
    drawn = drive.draw("SelectedPanel")
    assert "Bed" in drawn.texts
    assert {"maquette.restyle", "maquette.own_look"} <= set(drawn.operators)
    drive.draw("LooksPanel")
    rows = SimpleNamespace(bitflag_filter_item=1 << 30)
    flags, order = drive.module("panel").BlobList.filter_items(rows, bpy.context, bpy.data, "objects")
    shown = [each.name for each, flag in zip(bpy.data.objects, flags, strict=True) if flag]
    assert len(shown) == len(drive.scene().blobs)
    assert sorted(order) == list(range(len(bpy.data.objects)))
    row = RecordingLayout()
    settings = bpy.context.scene.maquette
    item = drive.empty("bed")
    drive.module("panel").BlobList.draw_item(rows, bpy.context, row, bpy.data, item, 0, settings, "chosen")
    assert row.operators == ["maquette.toggle"]


@check
def choosing_in_the_list_makes_active(drive):
    bpy.context.scene.maquette.chosen = bpy.data.objects.find("Lamp")
    assert bpy.context.view_layer.objects.active.name == "Lamp"
    assert drive.empty("lamp").select_get()
    bpy.context.scene.maquette.chosen = bpy.data.objects.find("Floor")
    assert bpy.context.view_layer.objects.active.name == "Floor"
    assert bpy.context.scene.maquette.chosen == bpy.data.objects.find("Floor")


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
    """Sixty small moves: every picture newer than the one before, and a full-quality one at the end."""
    frames, turns = [], []
    shown = drive.world._show
    drive.world.follower._on_frame = lambda frame: (frames.append(frame), shown(frame))
    lamp = drive.empty("lamp")
    try:
        for step in range(60):
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
    assert len(frames) >= 5, len(frames)
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


@check
def leaves_out_another_models_blob(drive):
    stranger = drive.empty("rug").copy()
    stranger["maquette_blob"] = stranger["maquette_blob"].replace(drive.scene().model_digest, "e" * 64)
    drive.plane.users_collection[0].objects.link(stranger)
    bpy.context.view_layer.update()
    drive.turn_until(lambda: not drive.world.busy)
    assert any("another model" in text for text in drive.world.status.sentences), drive.world.status
    bpy.data.objects.remove(stranger)
    drive.empty("rug").location.x += 0.01
    drive.settle()


@check
def says_when_a_limit_is_reached(drive):
    rug, copies = drive.empty("rug"), []
    for _ in range(260):
        copies.append(rug.copy())
        drive.plane.users_collection[0].objects.link(copies[-1])
    bpy.context.view_layer.update()
    drive.turn_until(lambda: not drive.world.busy)
    problem = drive.world.problem
    assert problem is not None
    assert problem.reason == "LIMIT_EXCEEDED", problem
    for copy in copies:
        bpy.data.objects.remove(copy)
    drive.changed_by(lambda: setattr(drive.empty("rug").location, "x", -0.2))


@check
def saves_and_opens_the_same(drive):
    drive.settle()
    scene, picture = drive.scene(), drive.picture()
    path = str(FOLDER / "saved.blend")
    assert bpy.ops.wm.save_as_mainfile(filepath=path) == {"FINISHED"}
    bpy.ops.wm.read_homefile(use_empty=True)
    assert drive.plane is None
    bpy.ops.wm.open_mainfile(filepath=path)
    assert (drive.picture() == picture).all(), "the picture was not kept"
    drive.world.mark_changed()
    drive.settle()
    assert drive.scene() == scene
    assert (drive.picture() == picture).all()
    assert drive.world.problem is None


@check
def resets(drive):
    before = drive.module("plane").document_of(drive.plane).sampled
    assert bpy.ops.maquette.reset() == {"FINISHED"}
    drive.settle()
    assert drive.scene() == before
    assert (drive.picture() == drive.rendered()).all()


@check
def replaces_the_scene(drive):
    objects = len(bpy.data.objects)
    drive.changed_by(lambda: bpy.ops.maquette.new_scene(seed=9, model_id=MODEL, truncation=0.0))
    assert len(bpy.data.objects) == objects
    first = drive.plane
    bpy.ops.maquette.new_scene(seed=10, model_id=MODEL, beside=True)
    drive.settle()
    assert drive.plane != first
    assert drive.module("plane").picture_of(drive.plane) != drive.module("plane").picture_of(first)


@check
def a_duplicated_plane_is_a_scene_of_its_own(drive):
    first, picture = drive.plane, drive.picture()
    for selected in bpy.context.selected_objects:
        selected.select_set(False)
    for each in (first, *drive.module("blobs").blobs_of(first)):
        each.hide_select = False
        each.select_set(True)
    bpy.context.view_layer.objects.active = first
    bpy.ops.object.duplicate()
    drive.settle()
    second = drive.plane
    assert second != first
    drive.changed_by(lambda: setattr(drive.empty("bed").location, "x", 0.4))
    bpy.context.view_layer.objects.active = first
    assert (drive.picture() == picture).all(), "the copy draws on the first picture"
    for each in (*drive.module("blobs").blobs_of(second), second):
        bpy.data.objects.remove(each)
    drive.settle()


@check
def saves_the_picture_as_a_file(drive):
    path = FOLDER / "picture.png"
    drive.module("plane").picture_of(drive.plane).save(filepath=str(path))
    assert path.read_bytes()[:4] == b"\x89PNG"


@check
def looks_from_other_seeds(drive):
    def again(**seeds):
        bpy.ops.maquette.new_scene(seed=9, model_id=MODEL, **seeds)
        drive.settle()
        return drive.scene()

    plain = again()
    other = again(separate_looks=True, style_seed=5, background_seed=9)
    assert [blob.ellipse for blob in plain.blobs] == [blob.ellipse for blob in other.blobs]
    assert plain.blobs[0].look != other.blobs[0].look
    assert plain.background == other.background


@check
def renders_while_waiting(drive):
    before = drive.picture()
    drive.empty("bed").location.x += 0.1
    assert bpy.ops.maquette.render() == {"FINISHED"}
    assert (drive.picture() != before).any()
    assert drive.world.last_frame.final
    assert (drive.picture() == drive.rendered()).all()


@check
def survives_the_daemon_in_mid_drag(drive):
    lamp = drive.empty("lamp")
    for step in range(30):
        lamp.location.x = 0.01 * step
        bpy.context.view_layer.update()
        drive.clock.tick()
        time.sleep(0.004)
        if step == 15:
            drive.kill_daemon()
    drive.start_daemon()
    drive.changed_by(lambda: setattr(lamp.location, "x", -0.25))
    assert abs(drive.blob("lamp").ellipse.x - 0.25) < 1e-5


@check
def opens_without_a_daemon(drive):
    picture, scene = drive.picture(), drive.scene()
    path = str(FOLDER / "alone.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    drive.kill_daemon()
    bpy.ops.wm.open_mainfile(filepath=path)
    drive.world._glanced_at = float("-inf")
    drawn = drive.draw("MainPanel")
    assert "maquette.start" in drawn.operators, drawn.operators
    assert "not running" in " ".join(drawn.texts)
    assert (drive.picture() == picture).all()
    scene_now, strangers = drive.module("reading").read_scene(drive.plane, drive.world.book)
    assert scene_now == scene
    assert not strangers
    assert "not running" in refusal(bpy.ops.maquette.render)


@check
def goes_on_when_the_daemon_is_back(drive):
    drive.start_daemon()
    drive.changed_by(lambda: setattr(drive.empty("bed").location, "y", 0.3))


@check
def undo_and_redo_are_followed(drive):
    """Every step back is the scene and the picture as they were, every step forward as they became."""
    bed = drive.id("bed")

    def move():
        drive.empty("bed").location.x -= 0.15

    def duplicate():
        for selected in bpy.context.selected_objects:
            selected.select_set(False)
        drive.empty("bed").select_set(True)
        bpy.context.view_layer.objects.active = drive.empty("bed")
        bpy.ops.object.duplicate()
        bpy.context.view_layer.objects.active.location.y += 0.3

    def delete():
        for selected in bpy.context.selected_objects:
            selected.select_set(False)
        drive.empty("bed").select_set(True)
        bpy.ops.object.delete()

    def restyle():
        bpy.context.view_layer.objects.active = drive.empty("lamp")
        bpy.ops.maquette.restyle(source="SEED", seed=77)

    def hide():
        drive.empty("lamp").hide_set(True)

    steps = [
        lambda: None,
        move,
        duplicate,
        delete,
        restyle,
        hide,
        lambda: bpy.ops.maquette.reset(),
        lambda: bpy.ops.maquette.new_scene(seed=21, model_id=MODEL),
    ]
    history = []
    for change in steps:
        drive.step(change)
        history.append((drive.scene(), drive.picture()))
    copies = [blob.id for blob in history[2][0].blobs if blob.id not in {each.id for each in history[1][0].blobs}]
    assert len(copies) == 1
    assert bed not in {blob.id for blob in history[3][0].blobs}
    for direction, states in (("undo", history[-2::-1]), ("redo", history[1:])):
        for number, (scene, picture) in enumerate(states):
            drive.undo(redo=direction == "redo")
            now = drive.scene()
            assert now == scene, f"{direction} {number}: {[b.id for b in now.blobs]} {[b.id for b in scene.blobs]}"
            assert (drive.picture() == picture).all(), f"{direction} {number} shows another picture"


@check
def undo_is_one_step_per_action(drive):
    for name in ("NewScene", "Reset"):
        assert {"REGISTER", "UNDO"} <= getattr(drive.module("scene_operators"), name).bl_options
    for name in ("Clone", "Order", "Toggle", "ChangeLook", "OwnLook"):
        assert {"REGISTER", "UNDO"} <= getattr(drive.module("blob_operators"), name).bl_options


@check
def uninstalls(drive):
    repositories = bpy.context.preferences.extensions.repos
    index = next(i for i, each in enumerate(repositories) if each.module == "user_default")
    assert bpy.ops.extensions.package_uninstall(repo_index=index, pkg_id="maquette") == {"FINISHED"}
    assert not hasattr(bpy.types, "MAQUETTE_PT_main")


def main():
    drive, results = Drive(), {}
    for function in CHECKS:
        started = time.perf_counter()
        try:
            outcome = {"ok": True, "value": function(drive)}
        except Exception:
            outcome = {"ok": False, "error": traceback.format_exc()}
        outcome["seconds"] = round(time.perf_counter() - started, 3)
        results[function.__name__] = outcome
        print("ok  " if outcome["ok"] else "FAIL", function.__name__, outcome["seconds"], flush=True)
        if not outcome["ok"]:
            print(outcome["error"], flush=True)
    Path(RESULT).write_text(json.dumps({"version": bpy.app.version_string, "checks": results}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
