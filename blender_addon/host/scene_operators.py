"""Operators on the whole scene: new, reset, render, look at."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import bpy

from .. import sampling, strings
from ..client import ClientError
from . import clock, picture, plane, staging
from .reporting import report_failure

_PATIENCE_SECONDS = 300.0


class NewScene(bpy.types.Operator):
    """Make a scene from the seed."""

    bl_idname = "maquette.new_scene"
    bl_label = strings.NEW_SCENE
    bl_description = strings.NEW_SCENE_HELP
    bl_options = {"REGISTER", "UNDO"}

    seed: bpy.props.IntProperty(name=strings.SEED, description=strings.SEED_HELP)
    truncation: bpy.props.FloatProperty(
        name=strings.TRUNCATION,
        description=strings.TRUNCATION_HELP,
        default=0.2,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    model_id: bpy.props.StringProperty(name=strings.MODEL, options={"SKIP_SAVE"})
    separate_looks: bpy.props.BoolProperty(
        name=strings.SEPARATE_LOOKS, description=strings.SEPARATE_LOOKS_HELP, options={"SKIP_SAVE"}
    )
    style_seed: bpy.props.IntProperty(name=strings.STYLE_SEED, description=strings.STYLE_SEED_HELP)
    background_seed: bpy.props.IntProperty(name=strings.BACKGROUND_SEED, description=strings.BACKGROUND_SEED_HELP)
    beside: bpy.props.BoolProperty(name=strings.BESIDE, description=strings.BESIDE_HELP, options={"SKIP_SAVE"})

    def invoke(self, context, event):
        """Take the panel's settings and wait without stopping Blender."""
        world = clock.world()
        if world.activity:
            self.report({"WARNING"}, strings.BUSY)
            return {"CANCELLED"}
        self._take_settings(context.scene.maquette)
        world.activity = strings.WORKING
        self._handle = world.submit(sampling.sample(world.connection, self._request(), _progress), lambda _handle: None)
        self._timer = context.window_manager.event_timer_add(0.02, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        """Look whether the scene has come; Escape gives up."""
        if event.type == "ESC" and event.value == "PRESS":
            self._handle.cancel()
        if event.type != "TIMER" or not self._handle.done:
            return {"PASS_THROUGH"}
        self.cancel(context)
        try:
            new = self._handle.result()
        except ClientError as error:
            return report_failure(self, error)
        return self._stage(context, new)

    def cancel(self, context):
        """Blender ends the operator."""
        context.window_manager.event_timer_remove(self._timer)
        self._handle.cancel()
        clock.world().activity = ""
        picture.redraw()

    def execute(self, context):
        """Wait for the scene, as a script or the redo panel needs it."""
        world = clock.world()
        try:
            new = world.run(sampling.sample(world.connection, self._request()), _PATIENCE_SECONDS)
        except ClientError as error:
            return report_failure(self, error)
        return self._stage(context, new)

    def draw(self, context):
        """The redo panel."""
        for name in ("seed", "truncation", "beside", "separate_looks"):
            self.layout.prop(self, name)
        if self.separate_looks:
            self.layout.prop(self, "style_seed")
            self.layout.prop(self, "background_seed")

    def _take_settings(self, settings):
        for name in ("seed", "truncation", "model_id", "separate_looks", "style_seed", "background_seed"):
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(settings, name))

    def _request(self):
        return sampling.SceneRequest(
            self.model_id,
            self.seed,
            self.truncation,
            self.style_seed if self.separate_looks else None,
            self.background_seed if self.separate_looks else None,
        )

    def _stage(self, context, new):
        target = None if self.beside else plane.current(context)
        if context.object is not None and context.object.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        staged = staging.stage(context, new, target)
        clock.world().report(None)
        clock.world().mark_changed()
        if target is None and context.space_data is not None and context.space_data.type == "VIEW_3D":
            face(context, staged)
        return {"FINISHED"}


class NextSeed(bpy.types.Operator):
    """Make the scene of another seed."""

    bl_idname = "maquette.next_seed"
    bl_label = strings.NEXT_SEED
    bl_description = strings.NEXT_SEED_HELP
    bl_options = {"INTERNAL"}

    def invoke(self, context, event):
        """Go on to the next seed and make its scene."""
        context.scene.maquette.seed += 1
        return bpy.ops.maquette.new_scene("INVOKE_DEFAULT")

    def execute(self, context):
        """The same, waiting."""
        settings = context.scene.maquette
        settings.seed += 1
        return bpy.ops.maquette.new_scene(
            seed=settings.seed, truncation=settings.truncation, model_id=settings.model_id
        )


class NeedsScene:
    """Greyed out unless there is a scene."""

    @classmethod
    def poll(cls, context):
        """There is a scene."""
        if plane.current(context) is None:
            cls.poll_message_set(strings.NO_SCENE)
            return False
        return True


class Reset(NeedsScene, bpy.types.Operator):
    """Go back to the sampled scene."""

    bl_idname = "maquette.reset"
    bl_label = strings.RESET
    bl_description = strings.RESET_HELP
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        """Stand every blob where it was."""
        target = plane.current(context)
        try:
            document = plane.document_of(target)
        except ClientError as error:
            return report_failure(self, error)
        staging.restage(context, target, document.as_sampled())
        clock.world().mark_changed()
        return {"FINISHED"}


class Render(NeedsScene, bpy.types.Operator):
    """Render and wait for the FINAL picture: for scripts and for Blender without a window."""

    bl_idname = "maquette.render"
    bl_label = strings.RENDER
    bl_description = strings.RENDER_HELP

    def execute(self, context):
        """Wait for the picture."""
        world = clock.world()
        context.view_layer.update()
        world.report(None)
        try:
            world.run(world.connection.ready())
            world.follow_now()
            if world.problem is not None:
                return report_failure(self, world.problem)
            world.run(world.follower.settled(), _PATIENCE_SECONDS)
        except ClientError as error:
            return report_failure(self, error)
        return {"FINISHED"}


class Look(NeedsScene, bpy.types.Operator):
    """Turn the view to the picture."""

    bl_idname = "maquette.look"
    bl_label = strings.LOOK
    bl_description = strings.LOOK_HELP
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context):
        """There is a scene, and a 3D view to turn."""
        return super().poll(context) and context.space_data is not None and context.space_data.type == "VIEW_3D"

    def execute(self, context):
        """Turn the view."""
        face(context, plane.current(context))
        return {"FINISHED"}


def face(context, target):
    """Look at a plane straight on, with the picture in its own colours and without lines to the parents."""
    space = context.space_data
    if space.shading.type == "SOLID":
        space.shading.color_type, space.shading.light = "TEXTURE", "FLAT"
    space.overlay.show_relationship_lines = False
    view = space.region_3d
    view.view_perspective = "ORTHO"
    view.view_rotation = target.matrix_world.to_quaternion()
    view.view_location = target.matrix_world.translation
    view.view_distance = 1.6 * max(target.matrix_world.to_scale())


def _progress(stage, fraction):
    clock.world().activity = f"{stage} {100 * fraction:.0f} %"
    picture.redraw()


CLASSES = (NewScene, NextSeed, Reset, Render, Look)
