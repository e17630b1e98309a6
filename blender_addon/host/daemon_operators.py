"""Operators on the connection: start, look again, how to install, choose a model."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import bpy

from .. import strings
from ..client import State
from . import clock


class Start(bpy.types.Operator):
    """Start the daemon."""

    bl_idname = "maquette.start"
    bl_label = strings.START
    bl_description = strings.START_HELP
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context):
        """It is not starting already."""
        return clock.world().connection.condition.state is not State.STARTING

    def execute(self, context):
        """Start it and go on at once; the panel says when it is ready."""
        clock.world().report(None)
        clock.world().start()
        return {"FINISHED"}


class Check(bpy.types.Operator):
    """Look for the daemon again."""

    bl_idname = "maquette.check"
    bl_label = strings.CHECK_AGAIN
    bl_description = strings.CHECK_AGAIN_HELP
    bl_options = {"INTERNAL"}

    def execute(self, context):
        """Knock."""
        clock.world().report(None)
        clock.world().ask()
        return {"FINISHED"}


class HowToInstall(bpy.types.Operator):
    """Say how Maquette is installed."""

    bl_idname = "maquette.how_to_install"
    bl_label = strings.HOW_TO_INSTALL
    bl_description = strings.HOW_TO_INSTALL_HELP
    bl_options = {"INTERNAL"}

    def invoke(self, context, event):
        """Open a small window with the steps."""
        return context.window_manager.invoke_popup(self, width=420)

    def draw(self, context):
        """The steps."""
        column = self.layout.column(align=True)
        column.label(text=strings.HOW_TO_INSTALL, icon="INFO")
        for step in strings.INSTALL_STEPS:
            column.label(text=step)

    def execute(self, context):
        """Without a window, say them."""
        self.report({"INFO"}, " ".join(strings.INSTALL_STEPS))
        return {"FINISHED"}


class ChooseModel(bpy.types.Operator):
    """Choose the model of the next new scene."""

    bl_idname = "maquette.choose_model"
    bl_label = strings.MODEL
    bl_description = strings.MODEL
    bl_options = {"INTERNAL"}

    model_id: bpy.props.StringProperty()

    def execute(self, context):
        """Remember it with the file."""
        context.scene.maquette.model_id = self.model_id
        return {"FINISHED"}


class ModelMenu(bpy.types.Menu):
    """The scene models of the daemon."""

    bl_idname = "MAQUETTE_MT_models"
    bl_label = strings.MODEL

    def draw(self, context):
        """One row per model."""
        models = clock.world().models
        if not models:
            self.layout.label(text=strings.NO_MODELS)
            return
        self.layout.operator(ChooseModel.bl_idname, text=strings.MODEL_DEFAULT).model_id = ""
        for model in models:
            self.layout.operator(ChooseModel.bl_idname, text=model.title or model.id).model_id = model.id


CLASSES = (Start, Check, HowToInstall, ChooseModel, ModelMenu)
