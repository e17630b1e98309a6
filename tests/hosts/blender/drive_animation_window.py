"""Run by Blender with a window: an animation that is begun, stopped with Escape and gone on with.

    blender --factory-startup --python drive_animation_window.py -- PACKAGE_FOLDER OUTPUT_FOLDER MODEL_ID

The package is the unzipped extension under the name ``maquette_extension``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from pathlib import Path

import bpy

FOLDER, OUTPUT, MODEL = sys.argv[sys.argv.index("--") + 1 :]
sys.path.insert(0, FOLDER)
bpy.context.preferences.view.show_splash = False

import maquette_extension  # noqa: E402 - Blender finds it only now
from maquette_extension.host import blobs, clock  # noqa: E402

if "session_uid" not in bpy.types.ID.bl_rna.properties:
    # Older than the extension supports, but the only Blender with a window that package managers have.
    blobs.handle_of = lambda empty: empty.as_pointer()
maquette_extension.register()

FRAMES = 40
STANDS_AT = 17
FACTS = {}


def hands(*words):
    """Move the mouse, press keys."""
    subprocess.run(["xdotool", *map(str, words)], check=True)


def view():
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "WINDOW")
    return {"window": window, "area": area, "region": region}


def finished():
    return len(list(Path(OUTPUT, "film").glob("[0-9]*.png")))


def render():
    with bpy.context.temp_override(**view()):
        return list(bpy.ops.maquette.render_animation("INVOKE_DEFAULT", output=f"{Path(OUTPUT, 'film')}/"))


def work():
    """A generator that is resumed between two drawings."""
    for _ in range(20):
        yield
    world, scene = clock.world(), bpy.context.scene
    scene.maquette.model_id, scene.maquette.seed = MODEL, 3
    with bpy.context.temp_override(**view()):
        bpy.ops.maquette.new_scene("INVOKE_DEFAULT")
    while world.last_frame is None or world.busy:
        yield
    bed = bpy.data.objects["Bed"]
    for frame, place in ((1, -0.2), (FRAMES, 0.2)):
        bed.location.x = place
        bed.keyframe_insert("location", frame=frame)
    scene.frame_start, scene.frame_end = 1, FRAMES
    scene.frame_set(STANDS_AT)
    while world.busy:
        yield
    hands("mousemove", 400, 400)
    FACTS["begun"] = render()
    while finished() < 2:
        yield
    FACTS["said"] = world.activity
    hands("key", "Escape")
    while world.held:
        yield
    FACTS["stopped"], FACTS["stands_at"] = finished(), scene.frame_current
    # Not all that is left: every frame is drawn, and that takes long in software.
    scene.frame_end = FACTS["stopped"] + 2
    FACTS["went_on"] = render()
    while world.held:
        yield
    FACTS["finished"] = finished()


STEPS = work()


def tick():
    try:
        next(STEPS)
    except StopIteration:
        pass
    except Exception:
        FACTS["error"] = traceback.format_exc()
    else:
        return 0.02
    Path(OUTPUT, "result.json").write_text(json.dumps(FACTS))
    bpy.ops.wm.quit_blender()
    return None


bpy.app.timers.register(tick, first_interval=0.5)
