"""What the checks in Blender share: the list of them, and hands and eyes of an artist."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy

ZIP, RESULT, MODEL = sys.argv[1:4]
FOLDER = Path(tempfile.mkdtemp())
PACKAGE = "bl_ext.user_default.maquette"
CHECKS = []
"""In the order in which they are made: each goes on where the one before left off."""


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

    def turn_until(self, done, seconds=90.0):
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

    def travel(self, redo=False):
        """One step back or forward in the history; the extension has not had a turn yet."""
        window = bpy.context.window_manager.windows[0]
        with bpy.context.temp_override(window=window, area=window.screen.areas[0]):
            assert (bpy.ops.ed.redo() if redo else bpy.ops.ed.undo()) == {"FINISHED"}

    def undo(self, redo=False):
        self.travel(redo)
        self.settle()

    def draw(self, name, module="panel"):
        layout = RecordingLayout()
        getattr(self.module(module), name).draw(SimpleNamespace(layout=layout), bpy.context)
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
        self.turn_until(lambda: self.world.connection.condition.server is not None and not self.world.busy, 120)
