"""Hundreds of steps of undo and redo among mixed edits: after each the scene, the empties and a plain model agree."""

from __future__ import annotations

import math
import random
import sys
import time
from dataclasses import dataclass, replace

import bpy
from artist import MODEL, PACKAGE, check

STEPS = 500
"""Of undo and redo; edits come on top."""
SEED = 20
FORGETFUL = 0.1
"""Of undo and redo: the share after which every eye is opened, as Blender itself now and then forgets one."""
# Blender forgets older ones.
UNDO_STEPS = 256
DEEPEST = 200
# As often, the daemon's picture is waited for and compared, too.
PICTURE_EVERY = 150
TOLERANCE = 2e-5


@dataclass(frozen=True)
class Thing:
    """What is expected of one blob.

    Attributes:
        depth: any number; the order counts.
        turn: counter-clockwise, radians.
        restyle: the seed.
    """

    x: float
    y: float
    depth: float
    axes: tuple[float, float]
    turn: float
    hidden: bool
    restyle: int | None = None


class Studio:
    """An artist at work, beside a plain model of what every action does.

    Attributes:
        things: by the id of the blob.
        backdrop: seed of the restyle of what lies behind them.
    """

    def __init__(self, drive):
        self.drive, self.random = drive, random.Random(SEED)
        self.identity = sys.modules[f"{PACKAGE}.identity"]
        self.placement = sys.modules[f"{PACKAGE}.placement"]
        self.blobs = drive.module("blobs")
        self.frame = drive.module("plane").document_of(drive.plane).frame
        order = [blob.id for blob in drive.scene().blobs]
        self.sampled = {
            each["maquette_id"]: Thing(
                each.location.x,
                each.location.y,
                order.index(each["maquette_id"]),
                tuple(each.scale)[:2],
                each.rotation_euler.z,
                self.blobs.is_hidden(each),
            )
            for each in self.empties()
        }
        self.things, self.backdrop = self.sampled, None
        self.history, self.at = [(self.things, self.backdrop)], 0
        self.counts = {}

    def empties(self):
        return self.blobs.blobs_of(self.drive.plane)

    def empty(self, blob_id):
        return next(each for each in self.empties() if each["maquette_id"] == blob_id)

    def order(self, things=None):
        """From back to front."""
        things = things or self.things
        return sorted(things, key=lambda each: (things[each].depth, self.identity.id_order(each)))

    def chosen(self, within_reach=False):
        """Some blob; within reach: one that can be clicked in the view."""
        names = sorted(self.things)
        if within_reach:
            names = [each for each in names if not self.things[each].hidden and not self.empty(each).hide_select]
        return self.random.choice(names)

    def change(self, blob_id, **changes):
        self.things = {**self.things, blob_id: replace(self.things[blob_id], **changes)}

    def add(self, source, **changes):
        fresh = self.identity.fresh_id(source, self.things)
        self.things = {**self.things, fresh: replace(self.things[source], **changes)}

    def select(self, blob_id):
        for selected in bpy.context.selected_objects:
            selected.select_set(False)
        bpy.context.view_layer.objects.active = self.empty(blob_id)
        self.empty(blob_id).select_set(True)

    def move(self):
        blob_id, x, y = self.chosen(), self.random.uniform(-0.5, 0.5), self.random.uniform(-0.5, 0.5)
        self.empty(blob_id).location.xy = x, y
        self.change(blob_id, x=x, y=y)

    def scale(self):
        blob_id, axes = self.chosen(), (self.random.uniform(0.05, 0.4), self.random.uniform(0.05, 0.4))
        self.empty(blob_id).scale.xy = axes
        self.change(blob_id, axes=axes)

    def rotate(self):
        blob_id, turn = self.chosen(), self.random.uniform(-1.5, 1.5)
        self.empty(blob_id).rotation_euler.z = turn
        self.change(blob_id, turn=turn)

    def hide(self):
        blob_id = self.chosen()
        bpy.ops.maquette.toggle(name=self.empty(blob_id).name)
        self.change(blob_id, hidden=not self.things[blob_id].hidden)

    def clone(self):
        blob_id = self.chosen()
        bpy.context.view_layer.objects.active = self.empty(blob_id)
        bpy.ops.maquette.clone()
        thing = self.things[blob_id]
        self.add(blob_id, x=thing.x + 0.06, y=thing.y - 0.06, hidden=False)

    def duplicate(self):
        """Blender's own copy, which knows nothing of blobs."""
        blob_id = self.chosen(within_reach=True)
        self.select(blob_id)
        assert bpy.ops.object.duplicate() == {"FINISHED"}
        self.add(blob_id)

    def delete(self):
        """Some always stay, so that there is something to edit."""
        blob_id = self.chosen(within_reach=True)
        if len(self.things) > 5:
            self.select(blob_id)
            assert bpy.ops.object.delete() == {"FINISHED"}
            self.things = {each: thing for each, thing in self.things.items() if each != blob_id}

    def reorder(self):
        blob_id, forward = self.chosen(), self.random.random() < 0.5
        bpy.context.view_layer.objects.active = self.empty(blob_id)
        done = bpy.ops.maquette.order(direction="FORWARD" if forward else "BACKWARD")
        order = self.order()
        here = order.index(blob_id)
        there = here + 1 if forward else here - 1
        assert (done == {"FINISHED"}) == (0 <= there < len(order))
        if done == {"FINISHED"}:
            order[here], order[there] = order[there], order[here]
            self.things = {each: replace(self.things[each], depth=rank) for rank, each in enumerate(order)}

    def restyle(self):
        blob_id, seed = self.chosen(), self.random.randrange(1000)
        bpy.context.view_layer.objects.active = self.empty(blob_id)
        bpy.ops.maquette.restyle(source="SEED", seed=seed)
        self.change(blob_id, restyle=seed)

    def restyle_backdrop(self):
        self.backdrop = self.random.randrange(1000)
        bpy.ops.maquette.restyle(source="SEED", seed=self.backdrop, background=True)

    def reset(self):
        bpy.ops.maquette.reset()
        self.things, self.backdrop = self.sampled, None

    def edit(self):
        """One edit, as one undo step; what it left unchanged is a step, too."""
        actions = {
            "move": 6,
            "scale": 3,
            "rotate": 3,
            "hide": 3,
            "clone": 2,
            "duplicate": 2,
            "delete": 4,
            "reorder": 3,
            "restyle": 3,
            "restyle_backdrop": 2,
            "reset": 1,
        }
        [action] = self.random.choices(list(actions), list(actions.values()))
        getattr(self, action)()
        bpy.context.view_layer.update()
        bpy.ops.ed.undo_push(message=action)
        self.history[self.at + 1 :] = [(self.things, self.backdrop)]
        self.at += 1
        return action

    def travel(self, redo):
        """One step back or forward in the history."""
        self.drive.travel(redo)
        self.at += 1 if redo else -1
        self.things, self.backdrop = self.history[self.at]
        if self.random.random() < FORGETFUL:
            self.forget_eyes()
        return "redo" if redo else "undo"

    def forget_eyes(self):
        """Before the extension has had a turn, as when undo reads the scene where an empty was."""
        for empty in self.empties():
            if empty.hide_get():
                empty.hide_set(False)
                self.counts["forgotten eyes"] = self.counts.get("forgotten eyes", 0) + 1

    def step(self):
        """Something, chosen by chance."""
        can_undo, can_redo = self.at > max(0, len(self.history) - DEEPEST), self.at < len(self.history) - 1
        chance = self.random.random()
        if chance < 0.4 and can_undo:
            done = self.travel(redo=False)
        elif 0.4 <= chance < 0.7 and can_redo:
            done = self.travel(redo=True)
        else:
            done = self.edit()
        self.counts[done] = self.counts.get(done, 0) + 1
        return done

    def check(self):
        """The scene that the daemon is told, the empties and the model agree."""
        self.drive.clock.tick()
        assert self.drive.world.problem is None, self.drive.world.problem
        scene = self.drive.scene()
        assert [blob.id for blob in scene.blobs] == self.order(), "other blobs, or in another order"
        assert seed_of(scene.background) == self.backdrop, "another look behind the blobs"
        empties = {each["maquette_id"]: each for each in self.empties()}
        assert set(empties) == set(self.things)
        for blob in scene.blobs:
            self.check_blob(blob, self.things[blob.id])
            self.check_empty(empties[blob.id], self.things[blob.id])

    def check_blob(self, blob, thing):
        assert near(self.placement.centre(blob.ellipse, self.frame), (thing.x, thing.y)), (blob, thing)
        assert near(self.placement.semi_axes(blob.ellipse, self.frame), thing.axes), (blob, thing)
        assert near_angles(self.placement.rotation(blob.ellipse), thing.turn), (blob, thing)
        assert blob.hidden == thing.hidden, (blob.id, thing)
        assert seed_of(blob.look) == thing.restyle, (blob.id, thing)

    def check_empty(self, empty, thing):
        assert near(empty.matrix_local.translation.xy, (thing.x, thing.y)), (empty.name, thing)
        assert near(empty.matrix_local.to_scale().xy, thing.axes), (empty.name, thing)
        assert near_angles(empty.matrix_local.to_euler().z, thing.turn), (empty.name, thing)
        assert self.blobs.is_hidden(empty) == thing.hidden, (empty.name, thing)


def seed_of(look):
    return look.restyle.seed if look.restyle else None


def near(first, second):
    return all(abs(one - other) <= TOLERANCE for one, other in zip(first, second, strict=True))


def near_angles(first, second):
    return abs(math.remainder(first - second, 2 * math.pi)) <= 1e-4


@check
def agrees_through_hundreds_of_undos(drive):
    bpy.context.preferences.edit.undo_steps = UNDO_STEPS
    bpy.ops.wm.read_homefile()
    bpy.ops.maquette.new_scene(seed=11, model_id=MODEL)
    drive.settle()
    bpy.ops.ed.undo_push(message="begin")
    studio, travelled, steps, began = Studio(drive), 0, 0, time.process_time()
    studio.check()
    while travelled < STEPS:
        done = studio.step()
        steps += 1
        travelled += done in ("undo", "redo")
        try:
            studio.check()
        except AssertionError as error:
            raise AssertionError(f"after step {steps}, {done}") from error
        if steps % PICTURE_EVERY == 0:
            drive.settle()
            assert (drive.picture() == drive.rendered()).all(), f"another picture after step {steps}, {done}"
    drive.settle()
    return {"steps": steps, "processor_seconds": round(time.process_time() - began, 1), **studio.counts}


@check
def hides_again_what_undo_shows(drive):
    drive.step(lambda: bpy.ops.maquette.reset())
    blob_id = drive.scene().blobs[-1].id
    drive.step(lambda: bpy.ops.maquette.toggle(name=drive.empty(blob_id).name))
    drive.step(lambda: bpy.ops.maquette.reset())
    drive.travel()
    drive.empty(blob_id).hide_set(False)
    drive.settle()
    assert drive.empty(blob_id).hide_get()
    assert drive.blob(blob_id).hidden


@check
def believes_what_blender_hides_and_shows(drive):
    """What the artist does to an eye without Maquette comes back by undo as it was."""
    drive.step(lambda: bpy.ops.maquette.reset())
    blob_id = drive.scene().blobs[-1].id

    def does(change):
        """Something as one undo step, and at once the next thing."""
        change(drive.empty(blob_id))
        bpy.context.view_layer.update()
        bpy.ops.ed.undo_push(message="step")

    def seen(redo=False):
        drive.undo(redo)
        assert drive.blob(blob_id).hidden == drive.empty(blob_id).hide_get()
        return drive.blob(blob_id).hidden

    drive.step(lambda: bpy.ops.maquette.toggle(name=drive.empty(blob_id).name))
    does(lambda empty: empty.hide_set(False))
    does(lambda empty: setattr(empty.location, "x", 0.1))
    assert [seen(), seen(), seen(redo=True)] == [False, True, False]
    does(lambda empty: empty.hide_set(True))
    does(lambda empty: setattr(empty.location, "x", 0.2))
    assert [seen(), seen(), seen(redo=True), seen(redo=True)] == [True, False, True, True]
