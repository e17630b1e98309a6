"""Run by Blender with a window: a person's steps, with real timers, a modal operator, drawing and undo.

    blender --factory-startup --python drive_window.py -- PACKAGE_FOLDER OUTPUT_FOLDER MODEL_ID

The package is the unzipped extension under the name ``maquette_extension``. The drag waits for OUTPUT_FOLDER/go.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

import bpy
import gpu
import numpy
from bpy_extras.view3d_utils import location_3d_to_region_2d

FOLDER, OUTPUT, MODEL = sys.argv[sys.argv.index("--") + 1 :]
sys.path.insert(0, FOLDER)
bpy.context.preferences.view.show_splash = False

import maquette_extension  # noqa: E402 - Blender finds it only now
from maquette_extension.host import blobs, clock, gallery_panel, labelling, overlay, panel, plane  # noqa: E402

if "session_uid" not in bpy.types.ID.bl_rna.properties:
    # Older than the extension supports, but the only Blender with a window that package managers have.
    blobs.handle_of = lambda empty: empty.as_pointer()
maquette_extension.register()

HAS_HANDS = shutil.which("xdotool") is not None


def hands(*words):
    """Move the mouse, press keys and buttons."""
    subprocess.run(["xdotool", *map(str, words)], check=True)


class Person:
    """Does one thing after the other, each when Blender is ready for it."""

    def __init__(self):
        self.facts = {"version": bpy.app.version_string, "drawn": 0, "frames": 0}
        self.steps = self.go()
        self.count_draws("drawn", panel.MainPanel)
        self.count_draws("sections", gallery_panel.GalleryPanel)
        self.look_at_names()

    def count_draws(self, fact, side_panel):
        drawn = side_panel.draw
        self.facts[fact] = 0

        def count(itself, context):
            drawn(itself, context)
            self.facts[fact] += 1

        side_panel.draw = count

    def look_at_names(self):
        """Remember which names are written, where, and the colour of the view beside the active one's."""
        written = labelling.draw_names
        self.names = {}

        def look(names, padding):
            written(names, padding)
            self.names = {name.text: (round(name.x), round(name.y)) for name in names}
            for name, box in zip(names, labelling.arrange(names, padding), strict=True):
                if name.emphasis is labelling.Emphasis.ACTIVE:
                    place = (int(box.left + 2 * padding), int((box.bottom + box.top) / 2), 1, 1)
                    colour = gpu.state.active_framebuffer_get().read_color(*place, 4, 0, "FLOAT")
                    self.facts["active_colour"] = list(colour.to_list()[0][0])

        labelling.draw_names = look

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
        while not world.models:
            # The daemon may still be starting.
            world.report(None)
            world.ask()
            for _ in range(20):
                yield
        self.view()["area"].spaces.active.show_region_ui = True
        settings = bpy.context.scene.maquette
        settings.model_id, settings.seed = MODEL, 3
        with bpy.context.temp_override(**self.view()):
            self.facts["operator"] = list(bpy.ops.maquette.new_scene("INVOKE_DEFAULT"))
        while world.last_frame is None or world.busy:
            yield
        bed = next(each for each in blobs.blobs_of(plane.current(bpy.context)) if each.name == "Bed")
        bpy.context.view_layer.objects.active.select_set(False)
        bpy.context.view_layer.objects.active = bed
        bed.select_set(True)
        bpy.ops.ed.undo_push(message="select")
        Path(OUTPUT, "ready").touch()
        while not Path(OUTPUT, "go").exists():
            yield
        yield from self.look_at_the_map(world)
        yield from self.drag(world)
        yield from self.undo(world)
        yield from self.give_up(world)
        self.facts["timer_at_rest"] = bpy.app.timers.is_registered(clock.tick)
        self.facts["sentences"] = list(world.status.sentences)

    def picture(self):
        datablock = plane.picture_of(plane.current(bpy.context))
        pixels = numpy.empty(len(datablock.pixels), numpy.float32)
        datablock.pixels.foreach_get(pixels)
        return pixels

    def spot(self, empty):
        """Where an empty is, in the region and on the screen."""
        view = self.view()
        region, space = view["region"], view["area"].spaces.active
        place = location_3d_to_region_2d(region, space.region_3d, empty.matrix_world.translation)
        screen = round(region.x + place.x), round(view["window"].height - region.y - place.y)
        return (round(place.x), round(place.y)), screen

    def look_at_the_map(self, world):
        settings = bpy.context.scene.maquette.picture
        settings.show_map = True
        while world.busy:
            yield
        for _ in range(5):
            yield
        self.facts["map"] = "map" in overlay.overlay().sheets
        settings.show_map = False
        bed = bpy.data.objects["Bed"]
        for _ in range(5):
            yield
        self.facts["names"] = sorted(self.names)
        self.facts["name_is_at_the_bed"] = self.names.get("Bed") == self.spot(bed)[0]

    def drag(self, world):
        shown, bed = world.last_frame.revision, bpy.data.objects["Bed"]
        self.start, self.before = bed.location.x, self.picture()
        x, y = self.spot(bed)[1]
        if HAS_HANDS:
            hands("mousemove", x, y)
            for _ in range(3):
                yield
            hands("key", "g")
        step = 0
        while step < 12 or self.facts["frames"] < 2:
            step += 1
            if HAS_HANDS:
                hands("mousemove", x + 4 * min(step, 40), y)
            else:
                bed.location.x = self.start + 0.015 * step
            self.facts["frames"] += world.last_frame.revision != shown
            shown = world.last_frame.revision
            yield
        if HAS_HANDS:
            hands("click", 1)
            for _ in range(10):
                yield
        else:
            bpy.ops.ed.undo_push(message="drag")
        while world.busy:
            yield
        self.facts["dragged"] = bed.location.x - self.start
        self.facts["final"] = world.last_frame.final
        self.facts["picture_changed"] = bool((self.picture() != self.before).any())
        self.moved = world.follower.scene

    def undo(self, world):
        if HAS_HANDS:
            hands("key", "ctrl+z")
            for _ in range(10):
                yield
        else:
            with bpy.context.temp_override(**self.view()):
                bpy.ops.ed.undo()
        yield
        while world.busy:
            yield
        self.facts["undone"] = abs(bpy.data.objects["Bed"].location.x - self.start) < 1e-6
        self.facts["followed_undo"] = world.follower.scene != self.moved
        self.facts["picture_restored"] = bool((self.picture() == self.before).all())

    def give_up(self, world):
        """Begin to find the things in a picture, and press Escape at the first preview."""
        image = bpy.data.images.new("Photo", 64, 64)
        objects, previews = len(bpy.data.objects), overlay.overlay().sheets
        with bpy.context.temp_override(**self.view()):
            bpy.ops.maquette.invert_image("INVOKE_DEFAULT", image=image.name, model_id=MODEL, steps=2000)
        while overlay.PREVIEW not in previews and world.activity:
            yield
        self.facts["previewed"] = overlay.PREVIEW in previews
        if HAS_HANDS:
            hands("key", "Escape")
            while world.activity:
                yield
        self.facts["given_up"] = overlay.PREVIEW not in previews and len(bpy.data.objects) == objects


PERSON = Person()
bpy.app.timers.register(PERSON.tick, first_interval=0.5)
