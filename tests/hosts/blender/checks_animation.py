"""Animations into files: what they show, what is kept, what is made again, and what happens on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import bpy
from artist import FOLDER, MODEL, PACKAGE, check, refusal

KILLED = Path(__file__).with_name("animate_until_killed.py")
FRAMES = range(1, 9)


def render(name, **options):
    """The files that an animation leaves in a folder of its own."""
    assert bpy.ops.maquette.render_animation(output=f"{FOLDER / name}/", **options) == {"FINISHED"}
    return files(name)


def files(name):
    return {path.name: path.read_bytes() for path in sorted((FOLDER / name).iterdir())}


def written_at(name):
    return {path.name: path.stat().st_mtime_ns for path in (FOLDER / name).glob("*.png")}


def png(drive):
    """The scene of the current frame as the same file, by another call of the daemon."""
    client, wire = sys.modules[f"{PACKAGE}.client"], sys.modules[f"{PACKAGE}.wire"]
    drive.settle()
    message = wire.scene_message(drive.scene())
    return client.png_bytes(drive.world.run(client.scenes.render_scene(drive.world.connection, message)).picture)


def key(owner, path, values):
    """Keyframes of one property by frame."""
    for frame, value in values.items():
        setattr(owner, path, value)
        owner.keyframe_insert(path, frame=frame)


@check
def a_still_scene_does_not_flicker(drive):
    bpy.ops.maquette.new_scene(seed=3, model_id=MODEL)
    drive.settle()
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end, scene.frame_step = 1, 3, 1
    made = render("still")
    assert sorted(made) == ["0001.png", "0002.png", "0003.png", "frames.jsonl"]
    assert made["0001.png"] == made["0002.png"] == made["0003.png"] == png(drive)


@check
def renders_what_keyframes_drivers_and_parents_show(drive):
    """Every frame is the picture that the scene at that frame has."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = FRAMES[0], FRAMES[-1]
    key(drive.empty("bed"), "location", {1: (-0.3, -0.2, 0.05), 8: (0.3, -0.2, 0.05)})
    key(drive.empty("rug"), "scale", {1: (0.3, 0.1, 0.001), 8: (0.1, 0.3, 0.001)})
    key(drive.empty("cabinet"), "hide_viewport", {1: True, 4: False})
    key(drive.empty("cabinet"), "location", {1: (-0.4, 0.1, 0.03), 8: (0.3, 0.1, 0.03)})
    key(drive.empty("floor"), "hide_render", {1: False, 6: True})
    group = bpy.data.objects.new("Group", None)
    drive.plane.users_collection[0].objects.link(group)
    group.parent = drive.plane
    drive.empty("lamp").parent = group
    key(group, "location", {1: (0.0, 0.0, 0.0), 8: (0.1, 0.2, 0.0)})
    driver = drive.empty("lamp").driver_add("rotation_euler", 2).driver
    driver.type, driver.expression = "SCRIPTED", "frame / 5"
    follow = drive.empty("back wall").constraints.new("COPY_LOCATION")
    follow.target, follow.use_y, follow.use_z = drive.empty("bed"), False, False
    made = render("moving")
    assert len({data for name, data in made.items() if name.endswith(".png")}) == len(FRAMES)
    for frame in FRAMES:
        scene.frame_set(frame)
        assert made[f"{frame:04d}.png"] == png(drive), f"frame {frame} shows another scene"
        if frame >= 4:
            assert abs(drive.blob("cabinet").ellipse.x - 0.5 - drive.empty("cabinet").location.x) < 1e-5
    assert [drive.blob(kind).hidden for kind in ("cabinet", "floor")] == [False, True]
    scene.frame_set(1)
    drive.settle()
    assert [drive.blob(kind).hidden for kind in ("cabinet", "floor")] == [True, False]


@check
def leaves_everything_as_it_was(drive):
    """Also what was moved without a keyframe, the picture, what the daemon follows, and the last undo step."""
    scene, bed = bpy.context.scene, drive.id("bed")

    def stand():
        scene.frame_set(4, subframe=0.25)

    def move():
        drive.empty("bed").location.y = 0.11

    drive.step(stand)
    drive.step(move)
    before = (drive.scene(), drive.picture().tobytes(), drive.world.last_frame.revision)
    moving = files("moving")
    made = render("again")
    assert made == moving, "the move without a keyframe is in the animation"
    drive.settle()
    assert (scene.frame_current, scene.frame_subframe) == (4, 0.25)
    assert abs(drive.empty("bed").location.y - 0.11) < 1e-6
    assert (drive.scene(), drive.picture().tobytes(), drive.world.last_frame.revision) == before
    drive.undo()
    assert abs(drive.empty(bed).location.y + 0.2) < 1e-6, "the last undo step is another one"
    assert not drive.world.held
    assert not drive.world.activity


@check
def keeps_finished_frames(drive):
    before, times = files("moving"), written_at("moving")
    assert render("moving") == before
    assert written_at("moving") == times


@check
def makes_only_changed_frames_again(drive):
    """The cabinet turns after frame 5 only."""
    before, times = files("moving"), written_at("moving")
    angle = drive.empty("cabinet").rotation_euler.z
    key(drive.empty("cabinet"), "rotation_euler", {5: (0.0, 0.0, angle), 8: (0.0, 0.0, angle + 1.0)})
    made = render("moving")
    later = {"0006.png", "0007.png", "0008.png"}
    assert {name for name, time in written_at("moving").items() if time != times[name]} == later
    assert {name for name, data in made.items() if data != before[name]} == {*later, "frames.jsonl"}


@check
def makes_a_missing_frame_again(drive):
    before, times = files("moving"), written_at("moving")
    (FOLDER / "moving" / "0003.png").unlink()
    assert render("moving") == before
    assert {name for name, time in written_at("moving").items() if time != times[name]} == {"0003.png"}


@check
def makes_all_again_when_asked(drive):
    before, times = files("moving"), written_at("moving")
    assert render("moving", again=True) == before
    assert all(time != times[name] for name, time in written_at("moving").items())


@check
def goes_on_after_being_killed(drive):
    """A Blender that was killed in the middle of a file: the rest is made, and all is as in one go."""
    saved = str(FOLDER / "animated.blend")
    bpy.ops.wm.save_as_mainfile(filepath=saved)
    output = FOLDER / "killed"
    command = [sys.executable, str(KILLED), saved, f"{output}/", "5"]
    killed = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stdout[-2000:] + killed.stderr[-2000:]
    times = written_at("killed")
    assert sorted(name for name in times if name[0] != ".") == ["0001.png", "0002.png", "0003.png", "0004.png"]
    assert (output / ".0005.png.part").exists()
    assert render("killed") == files("moving")
    again = written_at("killed")
    assert all(again[name] == time for name, time in times.items() if name[0] != "."), "a finished frame was made again"


@check
def stops_in_between_and_goes_on(drive):
    """As Escape does it in a window: the pump turns, and what was begun is cancelled."""
    stepping, animating = drive.module("stepping"), sys.modules[f"{PACKAGE}.animating"]
    pattern = sys.modules[f"{PACKAGE}.frame_files"].FramePattern(FOLDER / "stopped")
    stepper, told = stepping.Stepper(bpy.context, drive.plane), []
    request = animating.AnimationRequest(FRAMES, pattern)
    work = animating.render_animation(drive.world.connection, request, stepper.scene_at, told.append)
    handle = drive.world.submit(work, lambda _handle: None)
    drive.turn_until(lambda: len(told) >= 2)
    handle.cancel()
    drive.turn_until(lambda: handle.done)
    stepper.close()
    drive.settle()
    finished = written_at("stopped")
    assert set(finished) == {f"{progress.frame:04d}.png" for progress in told}
    assert len(finished) < len(FRAMES)
    assert render("stopped") == files("killed")
    assert all(written_at("stopped")[name] == time for name, time in finished.items())


@check
def makes_a_video(drive):
    made = render("moving", format="VIDEO")
    assert sorted(set(made) - set(files("stopped"))) == ["0001-0008.mp4"]
    clip = bpy.data.movieclips.load(str(FOLDER / "moving" / "0001-0008.mp4"))
    assert clip.frame_duration == len(FRAMES)
    assert tuple(clip.size) == drive.picture().shape[1::-1]
    bpy.data.movieclips.remove(clip)


@check
def stops_making_a_video(drive):
    """Nothing of it is left, and an older video stays as it was."""
    encoding, folder = drive.module("encoding"), FOLDER / "moving"
    before = files("moving")
    request = encoding.VideoRequest(sorted(folder.glob("*.png")), 24, 1.0, folder / "0001-0008.mp4")
    handle = drive.world.submit(encoding.make_video(request), lambda _handle: None)
    drive.clock.tick()
    handle.cancel()
    drive.turn_until(lambda: handle.done)
    assert files("moving") == before


@check
def says_why_there_is_no_video(drive):
    encoding, client = drive.module("encoding"), sys.modules[f"{PACKAGE}.client"]
    request = encoding.VideoRequest([FOLDER / "nowhere.png"], 24, 1.0, FOLDER / "nowhere.mp4")
    failure = None
    try:
        drive.world.run(encoding.make_video(request))
    except client.ClientError as error:
        failure = error
    assert failure is not None
    assert failure.reason == "VIDEO_FAILED"
    assert "nowhere.png" in failure.message, failure.message
    assert not (FOLDER / "nowhere.mp4").exists()


@check
def starts_the_daemon_where_nobody_can_press_a_button(drive):
    drive.kill_daemon()
    (FOLDER / "stopped" / "0002.png").unlink()
    before = files("killed")
    assert render("stopped") == before


@check
def takes_the_range_and_the_names_of_the_panel(drive):
    settings = bpy.context.scene.maquette.animation
    settings.output, settings.own_range = f"{FOLDER / 'named'}/room_##_a", True
    settings.start, settings.end, settings.step = 2, 6, 4
    assert bpy.ops.maquette.render_animation() == {"FINISHED"}
    assert sorted(files("named")) == ["room_02_a.png", "room_06_a.png", "room_frames_a.jsonl"]
    bpy.context.scene.render.filepath = settings.output
    assert bpy.context.scene.render.frame_path(frame=6) == str(FOLDER / "named" / "room_06_a.png")
    assert "step" in drive.draw("AnimationPanel", "animation_panel").properties
    settings.own_range = False
    assert bpy.ops.maquette.render_animation(output="//beside/", end=1) == {"FINISHED"}
    assert sorted(files("beside")) == ["0001.png", "frames.jsonl"]


@check
def refuses_what_cannot_be(drive):
    assert "nothing to render" in refusal(bpy.ops.maquette.render_animation, start=5, end=4)
    (FOLDER / "file").write_bytes(b"in the way")
    assert "cannot be written" in refusal(bpy.ops.maquette.render_animation, output=f"{FOLDER / 'file'}/")
    assert not drive.world.held
    bpy.ops.wm.read_homefile()
    bpy.ops.maquette.new_scene(seed=3, model_id=MODEL)
    assert "has not been saved" in refusal(bpy.ops.maquette.render_animation)
    drive.settle()


@check
def shows_what_a_moving_camera_sees(drive):
    """Empties in space stand still; the camera goes by."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end, scene.frame_step = 1, 4, 1
    assert bpy.ops.maquette.to_camera() == {"FINISHED"}
    place = scene.camera.location.copy()
    key(scene.camera, "location", {1: place, 4: (place.x + 0.5, place.y + 0.5, place.z)})
    scene.camera.data.lens = 50.0
    key(scene.camera.data, "lens", {1: 50.0, 4: 40.0})
    made = render("camera")
    assert len({data for name, data in made.items() if name.endswith(".png")}) == scene.frame_end
    for frame in range(1, 5):
        scene.frame_set(frame)
        assert made[f"{frame:04d}.png"] == png(drive), f"frame {frame} shows another scene"
    times = written_at("camera")
    assert render("camera") == made
    assert written_at("camera") == times
