"""Run by Blender with a window: a person's steps, with real timers, a modal operator, drawing and undo.

    blender --factory-startup --python drive_window.py -- PACKAGE_FOLDER OUTPUT_FOLDER MODEL_ID

The package is the unzipped extension under the name ``maquette_extension``. The drag waits for OUTPUT_FOLDER/go.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path

import bpy

FOLDER, OUTPUT, MODEL = sys.argv[sys.argv.index("--") + 1 :]
sys.path.insert(0, FOLDER)
bpy.context.preferences.view.show_splash = False

import maquette_extension  # noqa: E402 - Blender finds it only now
from maquette_extension.host import blobs, clock, panel, plane  # noqa: E402

if "session_uid" not in bpy.types.ID.bl_rna.properties:
    # Older than the extension supports, but the only Blender with a window that package managers have.
    blobs.handle_of = lambda empty: empty.as_pointer()
maquette_extension.register()


class Person:
    """Does one thing after the other, each when Blender is ready for it."""

    def __init__(self):
        self.facts = {"version": bpy.app.version_string, "drawn": 0, "frames": 0}
        self.steps = self.go()
        drawn = panel.MainPanel.draw

        def count(side_panel, context):
            drawn(side_panel, context)
            self.facts["drawn"] += 1

        panel.MainPanel.draw = count

    def tick(self):
        # Drawing in software takes far longer than a turn: what the person does waits for what is drawn.
        try:
            next(self.steps)
        except StopIteration:
            return self.leave()
        except Exception:
            self.facts["error"] = traceback.format_exc()
            return self.leave()
        return 0.02

    def leave(self):
        Path(OUTPUT, "result.json").write_text(json.dumps(self.facts))
        bpy.ops.wm.quit_blender()

    def view(self):
        window = bpy.context.window_manager.windows[0]
        area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
        region = next(region for region in area.regions if region.type == "WINDOW")
        return {"window": window, "area": area, "region": region}

    def go(self):
        for _ in range(20):
            yield
        world = clock.world()
        self.view()["area"].spaces.active.show_region_ui = True
        settings = bpy.context.scene.maquette
        settings.model_id, settings.seed = MODEL, 3
        with bpy.context.temp_override(**self.view()):
            self.facts["operator"] = list(bpy.ops.maquette.new_scene("INVOKE_DEFAULT"))
        while world.last_frame is None or world.busy:
            yield
        bed = next(each for each in blobs.blobs_of(plane.current(bpy.context)) if each.name == "Bed")
        bpy.context.view_layer.objects.active = bed
        bed.select_set(True)
        bpy.ops.ed.undo_push(message="select")
        Path(OUTPUT, "ready").touch()
        while not Path(OUTPUT, "go").exists():
            yield
        yield from self.drag(world)
        yield from self.undo(world)
        self.facts["timer_at_rest"] = bpy.app.timers.is_registered(clock.tick)
        self.facts["sentences"] = list(world.status.sentences)

    def drag(self, world):
        shown = world.last_frame.revision
        start = bpy.data.objects["Bed"].location.x
        step = 0
        while step < 12 or self.facts["frames"] < 2:
            step += 1
            bpy.data.objects["Bed"].location.x = start + 0.015 * step
            self.facts["frames"] += world.last_frame.revision != shown
            shown = world.last_frame.revision
            yield
        while world.busy:
            yield
        self.facts["final"] = world.last_frame.final
        bpy.ops.ed.undo_push(message="drag")
        self.dragged = world.follower.scene
        self.start = start

    def undo(self, world):
        with bpy.context.temp_override(**self.view()):
            bpy.ops.ed.undo()
        yield
        while world.busy:
            yield
        self.facts["undone"] = abs(bpy.data.objects["Bed"].location.x - self.start) < 1e-6
        self.facts["followed_undo"] = world.follower.scene != self.dragged


PERSON = Person()
bpy.app.timers.register(PERSON.tick, first_interval=0.5)
